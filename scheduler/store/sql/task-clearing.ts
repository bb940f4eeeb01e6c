import type { Knex } from 'knex';
import { isActive, isRunFinished, type TaskState } from '../../run/states.js';
import { assertTaskTransition } from '../../run/transitions.js';
import type { TaskRecord } from '../records.js';
import { type RunRow, type TaskRow, taskRecord } from './rows.js';
import { writeRun } from './run-look.js';

/** See RunTable.clearTasks; within a transaction. */
export async function clearTasks(
  db: Knex,
  runKey: number,
  taskIds: readonly string[],
  now: number,
): Promise<TaskRecord[]> {
  const run: RunRow = await db('runs').where({ id: runKey }).first();
  const rows: TaskRow[] = await db('tasks')
    .where({ run_key: runKey })
    .whereIn('task_id', taskIds)
    .orderBy('id');
  const cleared: TaskRecord[] = [];
  for (const row of rows) {
    // What runs is stopped first: two attempts of a task never run at once.
    const to: TaskState = isActive(row.state) ? 'restarting' : 'none';
    const what = `task ${row.task_id} of run ${run.run_id} of DAG ${run.dag_id}`;
    if (row.state !== to) assertTaskTransition(row.state, to, what);
    const change = { state: to, failures: 0, retry_at: null, started_at: null, ended_at: null };
    await db('tasks').where({ id: row.id }).update(change);
    cleared.push(taskRecord({ ...row, ...change }, null));
  }
  await db('xcom').where({ run_key: runKey }).whereIn('task_id', taskIds).delete();
  if (isRunFinished(run.state)) {
    await writeRun(db, run, 'queued', { started_at: null, ended_at: null, look_at: null });
  } else if (run.state === 'running') {
    await db('runs').where({ id: runKey }).update({ look_at: now });
  }
  return cleared;
}
