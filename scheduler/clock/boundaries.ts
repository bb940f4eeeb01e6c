import type { ScheduleSpec } from '../dag/spec.js';
import { type Cron, cron } from './cron.js';
import type { TimeZone } from './time-zone.js';

/** The instants at which one data interval ends and the next begins, in milliseconds since the epoch. */
export interface Boundaries {
  /** the first boundary after `instant` */
  next(instant: number): number;
  /** the last boundary before `instant` */
  prev(instant: number): number;
  /** the first boundary at or after `instant` */
  ceil(instant: number): number;
  /** the last boundary at or before `instant` */
  floor(instant: number): number;
}

/** Several crons fire whenever one of them does. */
function union(crons: readonly Cron[]): Cron {
  if (crons.length === 1) return crons[0]!;
  return {
    next: (instant) => Math.min(...crons.map((one) => one.next(instant))),
    prev: (instant) => Math.max(...crons.map((one) => one.prev(instant))),
  };
}

/**
 * Cron boundaries. Stepping back from within an hour that clocks repeat or skip can land after where it
 * started (the step is made on the wall clock), so looking back walks on until it is truly before.
 */
function cronBoundaries(fires: Cron): Boundaries {
  const floor = (instant: number): number => {
    let at = fires.prev(instant + 1);
    while (at > instant) at = fires.prev(at);
    for (let next = fires.next(at); next <= instant; next = fires.next(at)) at = next;
    return at;
  };
  return {
    next: fires.next,
    prev: (instant) => floor(instant - 1),
    floor,
    ceil: (instant) => {
      const at = floor(instant);
      return at === instant ? at : fires.next(at);
    },
  };
}

/** Boundaries every so many milliseconds of real time, counted from `anchor`. */
function intervalBoundaries(everyMs: number, anchor: number): Boundaries {
  const floor = (instant: number) => anchor + Math.floor((instant - anchor) / everyMs) * everyMs;
  const ceil = (instant: number) => anchor + Math.ceil((instant - anchor) / everyMs) * everyMs;
  return {
    floor,
    ceil,
    next: (instant) => floor(instant) + everyMs,
    prev: (instant) => ceil(instant) - everyMs,
  };
}

/** The boundaries of a schedule that cuts time into intervals. */
export function boundariesOf(
  schedule: Extract<ScheduleSpec, { kind: 'cron' | 'interval' }>,
  zone: TimeZone,
  startDate: number,
): Boundaries {
  return schedule.kind === 'cron'
    ? cronBoundaries(union(schedule.expressions.map((expression) => cron(expression, zone))))
    : intervalBoundaries(schedule.everyMs, startDate);
}
