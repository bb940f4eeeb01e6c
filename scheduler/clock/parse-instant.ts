import { CodedError } from '../../src/shared/errors.js';
import { timeZone } from './time-zone.js';

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * The instant that an ISO 8601 date or date-time means, in milliseconds since the epoch. Without an offset it is
 * what the clock on the wall shows in `zone`; a date alone is its midnight.
 * @throws CodedError DAG_INVALID
 */
export function parseInstant(text: string, zone: string, place: string): number {
  const [, day, time = '00:00', offset] = ISO.exec(text) ?? [];
  const naive = Date.parse(`${day}T${time}Z`);
  const instant = offset === undefined ? naive : Date.parse(`${day}T${time}${offset}`);
  // Date.parse takes 30 February for 2 March
  if (day === undefined || Number.isNaN(instant) || new Date(naive).toISOString().slice(0, 10) !== day) {
    throw new CodedError(
      'DAG_INVALID',
      `${place}: "${text}" is not a date; expected ISO 8601, such as "2026-10-20", "2026-10-20T06:00" or "2026-10-20T06:00:00+02:00"`,
    );
  }
  return offset === undefined ? timeZone(zone, place).toInstant(naive) : instant;
}
