import { CodedError } from './errors.js';

/**
 * An instant from ISO 8601 text; without an offset it is UTC, as in Feast.
 * @param place where the text came from, for the error message: `--start`
 * @throws CodedError USAGE
 */
export function parseInstant(text: string, place: string): Date {
  const iso = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (iso !== null) {
    const time = iso[1] === undefined ? 'T00:00:00' : iso[1].replace(' ', 'T');
    const date = new Date(`${text.slice(0, 10)}${time}${iso[4] ?? 'Z'}`);
    if (!Number.isNaN(date.getTime())) return date;
  }
  throw new CodedError(
    'USAGE',
    `${place}: ${JSON.stringify(text)} is not a date or time; expected 2026-11-01, 2026-11-01T12:00:00 (UTC) or 2026-11-01T12:00:00+02:00`,
  );
}
