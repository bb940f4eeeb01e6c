import { CodedError } from '../../src/shared/errors.js';
import { didYouMean } from '../../src/shared/nearest.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Zones change their offset on a multiple of this, so one look-up answers for all of it. */
const STEP = 15 * MINUTE;
const MAX_CACHED = 20_000;

/**
 * A time zone as cron needs it: instants ↔ *naive* times, both in milliseconds. A naive time is what a clock
 * on the wall shows, written as if it were UTC.
 */
export interface TimeZone {
  readonly name: string;
  /** what the wall clock shows at an instant */
  toNaive(instant: number): number;
  /**
   * The instant at which the wall clock shows `naive`. Where it does so twice (clocks set back), the second;
   * where it never does (clocks set forward), the instant that lies as long after the change. Airflow:
   * timezone.make_aware, pendulum's post-transition rule.
   */
  toInstant(naive: number): number;
}

function offsetLookup(name: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const cache = new Map<number, number>();
  return (instant) => {
    const step = Math.floor(instant / STEP);
    const known = cache.get(step);
    if (known !== undefined) return known;
    const field: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(step * STEP)) field[type] = Number(value);
    const { year, month, day, hour, minute, second } = field as Record<string, number>;
    const offset = Date.UTC(year!, month! - 1, day, hour, minute, second) - step * STEP;
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(step, offset);
    return offset;
  };
}

function build(name: string): TimeZone {
  const offsetAt = offsetLookup(name);
  return {
    name,
    toNaive: (instant) => instant + offsetAt(instant),
    toInstant: (naive) => {
      // The offsets of the day before and the day after are those of both sides of a change in between.
      const before = offsetAt(naive - DAY);
      const after = offsetAt(naive + DAY);
      const late = naive - Math.min(before, after);
      if (before === after || offsetAt(late) === naive - late) return late;
      const early = naive - Math.max(before, after);
      return offsetAt(early) === naive - early ? early : naive - before;
    },
  };
}

const UTC: TimeZone = { name: 'UTC', toNaive: (instant) => instant, toInstant: (naive) => naive };
const zones = new Map<string, TimeZone>([['UTC', UTC]]);

/**
 * The zone of an IANA name; zones are built once and shared.
 * @param place what names it, for the error message: `dag "load", timeZone`
 * @throws CodedError DAG_INVALID with the nearest known name
 */
export function timeZone(name: string, place: string): TimeZone {
  let zone = zones.get(name);
  if (zone === undefined) {
    try {
      zone = build(name);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new CodedError(
        'DAG_INVALID',
        `${place}: ${JSON.stringify(name)} is not a time zone; expected an IANA name such as "Europe/Zurich" or "UTC".${nearestZone(name)}`,
        { cause },
      );
    }
    zones.set(name, zone);
  }
  return zone;
}

function nearestZone(name: string): string {
  const hint = didYouMean(name, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
  return hint.startsWith(' Did you mean') ? hint : '';
}
