import { CodedError } from './errors.js';

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * The instant that an ISO 8601 date or date-time means, in milliseconds since the epoch. A date alone is its
 * midnight.
 * @param place what the text belongs to, for the error message: `--start`
 * @param toInstant what a time without an offset means, given as if it were UTC; default: UTC, as in Feast
 * @throws CodedError TIME_INVALID
 */
export function parseInstant(
  text: string,
  place: string,
  toInstant: (naive: number) => number = (naive) => naive,
): number {
  const [, day, time = '00:00', offset] = ISO.exec(text.trim()) ?? [];
  const naive = Date.parse(`${day}T${time}Z`);
  // Date.parse takes 30 February for 2 March
  if (day !== undefined && !Number.isNaN(naive) && new Date(naive).toISOString().startsWith(day)) {
    if (offset === undefined) return toInstant(naive);
    const instant = Date.parse(`${day}T${time}${offset.toUpperCase().replace(/(\d\d)(\d\d)$/, '$1:$2')}`);
    if (!Number.isNaN(instant)) return instant;
  }
  throw new CodedError(
    'TIME_INVALID',
    `${place}: ${JSON.stringify(text)} is not a date or time; expected ISO 8601, such as 2026-11-01, 2026-11-01T12:00:00 or 2026-11-01T12:00:00+02:00`,
  );
}

/** The same as a Date; a Date is taken as it is. @throws CodedError TIME_INVALID */
export function toDate(value: Date | string, place: string): Date {
  const date = new Date(typeof value === 'string' ? parseInstant(value, place) : value.getTime());
  if (!Number.isNaN(date.getTime())) return date;
  throw new CodedError('TIME_INVALID', `${place}: an invalid Date; expected a point in time`);
}
