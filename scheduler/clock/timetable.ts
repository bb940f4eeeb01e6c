import type { DagSpec } from '../dag/spec.js';
import { type Boundaries, boundariesOf } from './boundaries.js';
import { timeZone } from './time-zone.js';

/** A half-open span of time `[start, end)`, in milliseconds since the epoch. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** How far a DAG's schedule has come. */
export interface Position {
  /** the end of the last interval that a scheduled run was created for */
  readonly end: number;
  /** the schedule by which it was cut; see scheduleKey */
  readonly schedule: string;
}

/** The next scheduled run: its interval, and the instant from which it may be created. */
export interface NextRun extends Interval {
  readonly runAt: number;
}

/** What of a DAG decides about its intervals. */
export type Scheduled = Pick<
  DagSpec,
  'dagId' | 'schedule' | 'timeZone' | 'startDate' | 'endDate' | 'catchup'
>;

export interface Timetable {
  /**
   * The next scheduled run after what `position` says was done (null: nothing yet), or null when none will
   * follow. It is due when `runAt <= now`. Airflow: DataIntervalTimetable.next_dagrun_info.
   */
  nextRun(position: Position | null, now: number): NextRun | null;
  /** The interval of a manual run: the last one that was complete. Airflow: infer_manual_data_interval. */
  manualInterval(at: number): Interval;
  /**
   * The intervals that start in `[from, to]`, oldest first, whatever startDate, endDate and catchup say; null
   * where the schedule does not cut time into intervals. Airflow: DAG.iter_dagrun_infos_between.
   */
  intervalsBetween(from: number, to: number): Iterable<Interval> | null;
}

/** What cut time into intervals. As long as it stands, the next interval starts where the last one ended. */
export function scheduleKey(dag: Scheduled): string {
  const anchor = dag.schedule.kind === 'interval' ? dag.startDate : undefined;
  return JSON.stringify([dag.schedule, dag.timeZone, anchor]);
}

/** Intervals between boundaries: cron and interval schedules. */
function intervals(dag: Scheduled, boundaries: Boundaries, startDate: number): Timetable {
  const key = scheduleKey(dag);
  const first = boundaries.ceil(startDate);
  const catchup = typeof dag.catchup === 'number' ? dag.catchup : 1;
  return {
    nextRun(position, now) {
      let start = first;
      if (position !== null) {
        // After a change of schedule there is no gap: the new intervals begin at or before where the old ended.
        start = Math.max(start, position.schedule === key ? position.end : boundaries.floor(position.end));
      }
      if (dag.catchup !== true) {
        let oldest = boundaries.floor(now);
        for (let back = 0; back < catchup && oldest > start; back++) oldest = boundaries.prev(oldest);
        // Only to a boundary beyond the next: an interval that has begun is not cut short.
        if (oldest > start && boundaries.next(start) <= oldest) start = oldest;
      }
      // As in Airflow, endDate is the last logical date that may run.
      if (dag.endDate !== null && start > dag.endDate) return null;
      const end = boundaries.next(start);
      return { start, end, runAt: end };
    },
    manualInterval(at) {
      const end = boundaries.floor(at);
      return { start: boundaries.prev(end), end };
    },
    *intervalsBetween(from, to) {
      for (let start = boundaries.ceil(from); start <= to; ) {
        const end = boundaries.next(start);
        yield { start, end };
        start = end;
      }
    },
  };
}

const instantly = (at: number): Interval => ({ start: at, end: at });

/** One run, at the start date. Airflow: OnceTimetable. */
function once(startDate: number, endDate: number | null): Timetable {
  return {
    nextRun: (position) =>
      position !== null || (endDate !== null && startDate > endDate)
        ? null
        : { ...instantly(startDate), runAt: startDate },
    manualInterval: instantly,
    intervalsBetween: () => null,
  };
}

/** A run as soon as the last one is over, from where that one ended until now. Airflow: ContinuousTimetable. */
function continuous(startDate: number, endDate: number | null): Timetable {
  return {
    nextRun(position, now) {
      const start = position?.end ?? startDate;
      if (endDate !== null && start > endDate) return null;
      // An interval of no length would make runs without end where the clock stands still.
      const runAt = start + 1;
      return { start, end: Math.max(runAt, now), runAt };
    },
    manualInterval: instantly,
    intervalsBetween: () => null,
  };
}

/**
 * The timetable of a DAG.
 * @throws CodedError DAG_INVALID for an unknown time zone
 */
export function createTimetable(dag: Scheduled): Timetable {
  const { schedule, startDate, endDate } = dag;
  if (schedule.kind === 'none' || startDate === null) {
    return { nextRun: () => null, manualInterval: instantly, intervalsBetween: () => null };
  }
  switch (schedule.kind) {
    case 'once':
      return once(startDate, endDate);
    case 'continuous':
      return continuous(startDate, endDate);
    default: {
      const zone = timeZone(dag.timeZone, `dag "${dag.dagId}", timeZone`);
      return intervals(dag, boundariesOf(schedule, zone, startDate), startDate);
    }
  }
}
