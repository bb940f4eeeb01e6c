import type { Knex } from 'knex';
import { isRunFinished, type TaskState } from '../../run/states.js';
import type { Mark } from '../run-store.js';
import { ACTIVE_TASKS } from './predicates.js';
import type { RunRow } from './rows.js';
import { wakeLaterRuns, writeRun } from './run-look.js';
import type { Versions } from './versions.js';

const ended = (state: TaskState, now: number) => ({ state, retry_at: null, ended_at: now });

async function wakeLater(db: Knex, versions: Versions, run: RunRow, now: number): Promise<void> {
  await wakeLaterRuns(db, await versions.spec(db, run.dag_id, run.version), run, now);
}

/** See RunTable.markTasks; within a transaction. */
export async function markTasks(
  db: Knex,
  versions: Versions,
  runKey: number,
  taskIds: readonly string[],
  mark: Mark,
  now: number,
): Promise<void> {
  const run: RunRow = await db('runs').where({ id: runKey }).first();
  await db('tasks').where({ run_key: runKey }).whereIn('task_id', taskIds).update(ended(mark, now));
  // The run is judged anew: what a failure kept from starting may start now.
  await db('tasks')
    .where({ run_key: runKey, state: 'upstream_failed' })
    .update({ state: 'none', ended_at: null });
  if (isRunFinished(run.state)) {
    await writeRun(db, run, 'queued', { started_at: null, ended_at: null, look_at: null });
  } else if (run.state === 'running') {
    await db('runs').where({ id: runKey }).update({ look_at: now });
  }
  await wakeLater(db, versions, run, now);
}

/** See RunTable.markRun; within a transaction. */
export async function markRun(
  db: Knex,
  versions: Versions,
  runKey: number,
  mark: Mark,
  now: number,
): Promise<void> {
  const run: RunRow = await db('runs').where({ id: runKey }).first();
  const tasks = () => db('tasks').where({ run_key: runKey });
  if (mark === 'success') {
    await tasks().whereNotIn('state', ['success', 'skipped', 'removed']).update(ended('success', now));
  } else {
    await tasks().whereRaw(ACTIVE_TASKS).update(ended('failed', now));
    await tasks()
      .whereNotIn('state', ['success', 'failed', 'skipped', 'upstream_failed', 'removed'])
      .update(ended('skipped', now));
  }
  await db('runs').where({ id: runKey }).update({ state: mark, ended_at: now, look_at: null });
  await wakeLater(db, versions, run, now);
}
