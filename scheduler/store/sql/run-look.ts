import type { Knex } from 'knex';
import type { DagSpec } from '../../dag/spec.js';
import type { PlannedTask, TaskPlan } from '../../run/plan-tasks.js';
import { isFinished, type RunState, type TaskState } from '../../run/states.js';
import { dagCallbacks } from '../../run/task-callback.js';
import { assertRunTransition, assertTaskTransition } from '../../run/transitions.js';
import type { RunView } from '../run-store.js';
import { insertCallback } from './callback-queries.js';
import { ACTIVE_RUNS } from './predicates.js';
import { type RunRow, runRecord, type TaskRow } from './rows.js';
import type { Versions } from './versions.js';

/** Writes a run's new state. @returns the row as it is now */
export async function writeRun(
  db: Knex,
  row: RunRow,
  state: RunState,
  more: Partial<Pick<RunRow, 'started_at' | 'ended_at' | 'look_at'>>,
): Promise<RunRow> {
  assertRunTransition(row.state, state, `run ${row.run_id} of DAG ${row.dag_id}`);
  const change = { state, ...more };
  await db('runs').where({ id: row.id }).update(change);
  return { ...row, ...change };
}

const remembers = (spec: DagSpec) => spec.tasks.some((task) => task.dependsOnPast);

/** Task states of the DAG's last run before this one that was not made by hand; null where there is none. */
async function previousStates(db: Knex, run: RunRow): Promise<Map<string, TaskState> | null> {
  const previous: { id: number } | undefined = await db('runs')
    .where({ dag_id: run.dag_id })
    .whereNot({ type: 'manual' })
    .where('logical_date', '<', run.logical_date)
    .orderBy('logical_date', 'desc')
    .first('id');
  if (previous === undefined) return null;
  const rows: TaskRow[] = await db('tasks').where({ run_key: previous.id }).select('task_id', 'state');
  return new Map(rows.map((row) => [row.task_id, row.state]));
}

async function gateValues(db: Knex, spec: DagSpec, runKey: number): Promise<Map<string, unknown>> {
  const gates = spec.tasks.filter(({ gate }) => gate !== undefined).map(({ taskId }) => taskId);
  if (gates.length === 0) return new Map();
  const rows: { task_id: string; value: string }[] = await db('xcom')
    .where({ run_key: runKey })
    .whereIn('task_id', gates);
  return new Map(rows.map((row) => [row.task_id, JSON.parse(row.value)]));
}

/** Runs whose tasks may have waited for one of this run's are to be looked at. */
export async function wakeLaterRuns(db: Knex, spec: DagSpec, run: RunRow, now: number): Promise<void> {
  if (!remembers(spec)) return;
  await db('runs')
    .whereRaw(ACTIVE_RUNS)
    .where({ dag_id: run.dag_id, state: 'running' })
    .where('logical_date', '>', run.logical_date)
    .update({ look_at: now });
}

/** See RunTable.lookAtRun; within a transaction. */
export async function lookAtRun(
  db: Knex,
  versions: Versions,
  key: number,
  now: number,
  plan: (view: RunView) => TaskPlan,
): Promise<(RunView & { plan: TaskPlan }) | undefined> {
  const run: RunRow | undefined = await db('runs').where({ id: key, state: 'running' }).first();
  if (run === undefined) return undefined;
  const spec = await versions.spec(db, run.dag_id, run.version);
  const tasks: PlannedTask[] = await db('tasks')
    .where({ run_key: key })
    .select({ taskId: 'task_id', state: 'state', retryAt: 'retry_at' });
  const view: RunView = {
    run: runRecord(run),
    spec,
    tasks,
    previous: remembers(spec) ? await previousStates(db, run) : null,
    gates: await gateValues(db, spec, key),
  };
  const planned = plan(view);
  for (const to of new Set(planned.changes.map((change) => change.to))) {
    const changes = planned.changes.filter((change) => change.to === to);
    for (const { taskId, from } of changes) {
      assertTaskTransition(from, to, `task ${taskId} of run ${run.run_id} of DAG ${run.dag_id}`);
    }
    await db('tasks')
      .where({ run_key: key })
      .whereIn(
        'task_id',
        changes.map((change) => change.taskId),
      )
      .update({ state: to, retry_at: null, ...(isFinished(to) ? { ended_at: now } : {}) });
  }
  if (planned.run === 'running') await db('runs').where({ id: key }).update({ look_at: planned.lookAt });
  else await writeRun(db, run, planned.run, { ended_at: now, look_at: null });
  if (planned.deadlineMissed) await db('runs').where({ id: key }).update({ deadline_missed: 1 });
  for (const kind of dagCallbacks(planned)) {
    await insertCallback(db, spec.callbacks, kind, { run_key: key, task_key: null, attempt: 0 });
  }
  if (planned.changes.some(({ to }) => isFinished(to))) await wakeLaterRuns(db, spec, run, now);
  return { ...view, plan: planned };
}
