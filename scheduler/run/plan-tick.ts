import {
  createTimetable,
  type NextRun,
  type Position,
  scheduleKey,
  type Timetable,
} from '../clock/timetable.js';
import type { DagSpec } from '../dag/spec.js';

/** A DAG whose schedule is to be looked at. */
export interface TickDag {
  readonly spec: DagSpec;
  readonly position: Position | null;
  /** its runs that are queued or running */
  readonly activeRuns: number;
}

/** What a DAG's schedule asks for at an instant. */
export interface DagTick {
  readonly dagId: string;
  /** runs to create, oldest first; the position moves to the end of each as it is created */
  readonly runs: readonly NextRun[];
  /** the run after those; null: none will follow */
  readonly next: NextRun | null;
}

export interface TickPlan {
  readonly dags: readonly DagTick[];
  /** the first instant at which a further run falls due; null: none, or only once other runs are over */
  readonly wakeAt: number | null;
}

const timetables = new WeakMap<DagSpec, Timetable>();

/** The timetable of a DAG; built once for each spec. */
export function timetableOf(spec: DagSpec): Timetable {
  let timetable = timetables.get(spec);
  if (timetable === undefined) {
    timetable = createTimetable(spec);
    timetables.set(spec, timetable);
  }
  return timetable;
}

/** How many runs of a DAG may be active. A continuous DAG starts a run when the last is over, so one. */
export function runLimit(spec: DagSpec): number {
  return spec.schedule.kind === 'continuous' ? 1 : spec.maxActiveRuns;
}

function tickDag({ spec, position, activeRuns }: TickDag, now: number): DagTick {
  const timetable = timetableOf(spec);
  const schedule = scheduleKey(spec);
  const runs: NextRun[] = [];
  let next = timetable.nextRun(position, now);
  while (next !== null && next.runAt <= now && activeRuns + runs.length < runLimit(spec)) {
    runs.push(next);
    next = timetable.nextRun({ end: next.end, schedule }, now);
  }
  return { dagId: spec.dagId, runs, next };
}

/**
 * The runs that are due at `now` (milliseconds since the epoch), within each DAG's maxActiveRuns, and when to look
 * again. Pure: whoever calls writes each run and the DAG's new position in one transaction.
 */
export function planTick(dags: readonly TickDag[], now: number): TickPlan {
  const plans = dags.map((dag) => tickDag(dag, now));
  const wakes = plans.flatMap(({ next }) => (next !== null && next.runAt > now ? [next.runAt] : []));
  return { dags: plans, wakeAt: wakes.length === 0 ? null : Math.min(...wakes) };
}
