import { CodedError } from '../../src/shared/errors.js';
import type { Interval } from '../clock/timetable.js';
import { type BackfillStep, planBackfill, type Reprocess } from '../run/plan-backfill.js';
import { timetableOf } from '../run/plan-tick.js';
import type { DagRecord } from '../store/records.js';
import type { RunStore } from '../store/run-store.js';
import { requireActive } from './operations.js';
import { runIdOf } from './run-ids.js';

/** What one backfill may hold: all its runs are written in one transaction, while the scheduler waits. */
const MAX_INTERVALS = 10_000;
/** Airflow's default (cli_config.py: --max-active-runs of backfill create). */
const MAX_ACTIVE_RUNS = 10;

export interface BackfillOptions {
  /** milliseconds since the epoch: logical dates in `[from, to]` */
  readonly from: number;
  readonly to: number;
  /** default none: runs that exist are left as they are */
  readonly reprocess?: Reprocess;
  /** newest first */
  readonly backwards?: boolean;
  /** say what would be done, and write nothing */
  readonly dryRun?: boolean;
  /** runs of this backfill at once, apart from the DAG's own limit; default 10 */
  readonly maxActiveRuns?: number;
  /** laid over the DAG's own, in runs that are created */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The complete intervals of a backfill, in the order in which they are to run. */
function intervalsOf({ dagId, spec }: DagRecord, now: number, options: BackfillOptions): Interval[] {
  const { from, to, backwards = false } = options;
  const refuse = (why: string) =>
    new CodedError('BACKFILL_INVALID', `DAG "${dagId}" cannot be backfilled: ${why}`);
  const text = (at: number) => new Date(at).toISOString();
  if (to < from) throw refuse(`from ${text(from)} lies after to ${text(to)}; give the earlier date first.`);
  const intervals = timetableOf(spec).intervalsBetween(from, to);
  if (intervals === null) {
    throw refuse('its schedule has no data intervals. Trigger a run with "scheduler dags trigger" instead.');
  }
  if (backwards && spec.tasks.some((task) => task.dependsOnPast)) {
    throw refuse('a task of it depends on its past, so it cannot go backwards. Leave --backwards out.');
  }
  const complete: Interval[] = [];
  for (const interval of intervals) {
    if (interval.end > now) break;
    if (complete.length === MAX_INTERVALS) {
      throw refuse(
        `more than ${MAX_INTERVALS} intervals lie between ${text(from)} and ${text(to)}; backfill them in parts.`,
      );
    }
    complete.push(interval);
  }
  return backwards ? complete.reverse() : complete;
}

/**
 * Creates runs for past intervals of a DAG's schedule, those that start in `[from, to]` and are complete. They run
 * below all live runs. Where a run about an interval exists, `reprocess` decides.
 * @param now milliseconds since the epoch
 * @returns what was done about each interval, in the order in which they run
 * @throws CodedError DAG_NOT_FOUND, DAG_INVALID where its file is broken, BACKFILL_INVALID
 */
export async function createBackfill(
  store: RunStore,
  dagId: string,
  now: number,
  options: BackfillOptions,
): Promise<readonly BackfillStep[]> {
  const { from, to, reprocess = 'none', backwards = false, maxActiveRuns = MAX_ACTIVE_RUNS } = options;
  const dag = await requireActive(store, dagId, 'backfilled');
  const intervals = intervalsOf(dag, now, options);
  if (options.dryRun) return planBackfill(intervals, await store.listRunsAbout(dagId, from, to), reprocess);
  return store.createBackfill(
    { dagId, from, to, reprocess, backwards, maxActiveRuns },
    now,
    (existing) => planBackfill(intervals, existing, reprocess),
    ({ start, end }, logicalDate) => ({
      dagId,
      runId: runIdOf('backfill', logicalDate),
      version: dag.spec.version,
      type: 'backfill',
      logicalDate,
      intervalStart: start,
      intervalEnd: end,
      params: { ...dag.spec.params, ...options.params },
    }),
  );
}
