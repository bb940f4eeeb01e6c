import type { Interval } from '../clock/timetable.js';
import type { RunType } from '../dag/context.js';
import { isRunFinished, type RunState } from './states.js';

/** Which runs that exist a backfill does again: none, those that failed, or all that are over. Airflow's words. */
export const REPROCESS = ['none', 'failed', 'completed'] as const;
export type Reprocess = (typeof REPROCESS)[number];

/** A run that exists, as far as a backfill looks at it. */
export interface ExistingRun {
  readonly key: number;
  readonly runId: string;
  readonly type: RunType;
  readonly state: RunState;
  readonly logicalDate: number;
  readonly intervalStart: number;
  readonly intervalEnd: number;
}

/** What a backfill does about one interval. */
export interface BackfillStep {
  readonly interval: Interval;
  readonly action: 'create' | 'clear' | 'skip';
  /** the run about this interval that exists */
  readonly run: ExistingRun | null;
}

function actionFor(run: ExistingRun | undefined, reprocess: Reprocess): BackfillStep['action'] {
  if (run === undefined) return 'create';
  // What is queued or running is under way without the backfill.
  if (!isRunFinished(run.state) || reprocess === 'none') return 'skip';
  return run.state === 'failed' || reprocess === 'completed' ? 'clear' : 'skip';
}

/**
 * What is to happen to each interval of a backfill, in the order of `intervals`. Airflow: models/backfill.py,
 * ReprocessBehavior.
 * @param existing runs of the DAG about these intervals; a manual run counts only if its logical date is the
 * interval's start
 */
export function planBackfill(
  intervals: readonly Interval[],
  existing: readonly ExistingRun[],
  reprocess: Reprocess,
): BackfillStep[] {
  const name = (start: number, end: number) => `${start} ${end}`;
  const runs = new Map(
    existing
      .filter((run) => run.type !== 'manual' || run.logicalDate === run.intervalStart)
      .map((run) => [name(run.intervalStart, run.intervalEnd), run]),
  );
  return intervals.map((interval) => {
    const run = runs.get(name(interval.start, interval.end));
    return { interval, action: actionFor(run, reprocess), run: run ?? null };
  });
}
