/** What people ask of the scheduler: written to the store, seen by a running scheduler within a second. */
import { CodedError } from '../../src/shared/errors.js';
import { didYouMean } from '../../src/shared/nearest.js';
import type { NextRun } from '../clock/timetable.js';
import { withDescendants } from '../run/lineage.js';
import { timetableOf } from '../run/plan-tick.js';
import type { DagRecord, RunRecord, TaskRecord } from '../store/records.js';
import type { RunStore } from '../store/run-store.js';
import { runIdOf } from './run-ids.js';

/** @throws CodedError DAG_NOT_FOUND with the nearest id */
export async function findDag(store: RunStore, dagId: string): Promise<DagRecord> {
  const dag = await store.getDag(dagId);
  if (dag !== undefined) return dag;
  const ids = (await store.listDags()).map((one) => one.dagId);
  throw new CodedError(
    'DAG_NOT_FOUND',
    `There is no DAG "${dagId}".${didYouMean(dagId, ids) || ' The scheduler has read no DAG file yet: start it once.'}`,
  );
}

/** @throws CodedError DAG_NOT_FOUND, RUN_NOT_FOUND with the nearest id */
export async function findRun(store: RunStore, dagId: string, runId: string): Promise<RunRecord> {
  const run = await store.getRun(dagId, runId);
  if (run !== undefined) return run;
  await findDag(store, dagId);
  const ids = (await store.listRuns({ dagId })).map((one) => one.runId);
  throw new CodedError(
    'RUN_NOT_FOUND',
    `DAG "${dagId}" has no run "${runId}".${didYouMean(runId, ids) || ' It has no runs yet.'}`,
  );
}

/**
 * A DAG that new runs can be made of.
 * @param done what is to be done with it, for the error message: `triggered`
 * @throws CodedError DAG_NOT_FOUND; DAG_INVALID where its file is broken or gone
 */
export async function requireActive(store: RunStore, dagId: string, done: string): Promise<DagRecord> {
  const dag = await findDag(store, dagId);
  if (dag.state === 'active') return dag;
  const why =
    dag.state === 'removed'
      ? 'is no longer in the DAG folder'
      : 'has an import error: see "scheduler dags list-import-errors"';
  throw new CodedError('DAG_INVALID', `DAG "${dagId}" cannot be ${done}: its file ${dag.spec.file} ${why}.`);
}

export interface TriggerOptions {
  /** laid over the DAG's own */
  readonly params?: Readonly<Record<string, unknown>>;
  /** default: now. Unique for a DAG. */
  readonly logicalDate?: number;
}

/**
 * Asks for a manual run; it is created queued, and waits as long as the DAG is paused. Its data interval is the
 * last one complete at its logical date, as in Airflow.
 * @param now milliseconds since the epoch
 * @throws CodedError DAG_NOT_FOUND, DAG_INVALID where its file is broken, RUN_EXISTS
 */
export async function triggerRun(
  store: RunStore,
  dagId: string,
  now: number,
  options: TriggerOptions = {},
): Promise<RunRecord> {
  const { spec } = await requireActive(store, dagId, 'triggered');
  for (let logicalDate = options.logicalDate ?? now; ; logicalDate++) {
    const interval = timetableOf(spec).manualInterval(logicalDate);
    const runId = runIdOf('manual', logicalDate);
    const created = await store.createRun(
      {
        dagId,
        runId,
        version: spec.version,
        type: 'manual',
        logicalDate,
        intervalStart: interval.start,
        intervalEnd: interval.end,
        params: { ...spec.params, ...options.params },
      },
      now,
    );
    if (created) return findRun(store, dagId, runId);
    if (options.logicalDate !== undefined) {
      throw new CodedError(
        'RUN_EXISTS',
        `DAG "${dagId}" already has a run for the logical date ${new Date(logicalDate).toISOString()}. Clear that run to do it again, or name another date.`,
      );
    }
  }
}

/**
 * Pauses a DAG or goes on with it. A paused DAG gets no new runs and starts no tasks; what runs is finished.
 * @throws CodedError DAG_NOT_FOUND
 */
export async function setPaused(store: RunStore, dagId: string, paused: boolean): Promise<void> {
  if (!(await store.setPaused(dagId, paused))) await findDag(store, dagId);
}

export interface ClearOptions {
  /** default: all tasks of the run */
  readonly taskIds?: readonly string[];
  /** and all tasks after them; default true, for they were done with what is done again */
  readonly downstream?: boolean;
}

/**
 * Has tasks of a run done again, and opens the run if it is over. What is running is stopped first.
 * @param now milliseconds since the epoch
 * @returns the tasks that were cleared
 * @throws CodedError DAG_NOT_FOUND, RUN_NOT_FOUND, TASK_NOT_FOUND
 */
export async function clearTasks(
  store: RunStore,
  dagId: string,
  runId: string,
  now: number,
  options: ClearOptions = {},
): Promise<TaskRecord[]> {
  const run = await findRun(store, dagId, runId);
  const known = (await store.listTasks(run.key)).map((task) => task.taskId);
  const named = options.taskIds ?? known;
  for (const taskId of named) {
    if (known.includes(taskId)) continue;
    throw new CodedError(
      'TASK_NOT_FOUND',
      `Run "${runId}" has no task "${taskId}".${didYouMean(taskId, known)}`,
    );
  }
  const spec = await store.getVersion(dagId, run.version);
  const downstream = spec !== undefined && (options.downstream ?? true);
  const wanted = downstream ? withDescendants(spec, named) : new Set(named);
  return store.clearTasks(run.key, [...wanted], now);
}

/** The next scheduled run of a DAG, or null: none will follow, or its file is broken or gone. */
export function nextRunOf(dag: DagRecord, now: number): NextRun | null {
  return dag.state === 'active' ? timetableOf(dag.spec).nextRun(dag.position, now) : null;
}
