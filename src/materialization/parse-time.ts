import { CodedError } from '../shared/errors.js';

/**
 * A point in time from a Date or ISO 8601 text; text without a zone is UTC, as in Feast.
 * @param what names the value in the error message: `start`
 * @throws CodedError MATERIALIZATION_WINDOW
 */
export function parseTime(value: Date | string, what: string): Date {
  const text = typeof value === 'string' ? value.trim().replace(' ', 'T') : '';
  const hasZone = /T.*([zZ]|[+-]\d\d(:?\d\d)?)$/.test(text);
  const date =
    typeof value !== 'string'
      ? new Date(value.getTime())
      : new Date(hasZone || !text.includes('T') ? text : `${text}Z`);
  if (!Number.isNaN(date.getTime())) return date;
  throw new CodedError(
    'MATERIALIZATION_WINDOW',
    `${what}: ${JSON.stringify(value)} is no time; expected ISO 8601 such as 2026-11-01T12:00:00 (UTC) or 2026-11-01T12:00:00+01:00`,
  );
}
