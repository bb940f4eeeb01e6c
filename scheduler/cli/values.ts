import { InvalidArgumentError } from 'commander';
import { messageOf } from '../../src/shared/errors.js';
import { parseInstant } from '../../src/shared/instant.js';

/** Values of options, for commander: what they throw is a usage error. */

/** A whole number from 1. */
export function readCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

/** An ISO date or date-time, UTC unless it says otherwise; milliseconds since the epoch. */
export function readDate(text: string): number {
  try {
    return parseInstant(text, 'the date');
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

/** `key=value`, value as JSON where it is JSON, else as text; may be given again and again. */
export function readParam(
  text: string,
  before: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected key=value, for example --param region=eu.');
  return { ...before, [text.slice(0, at)]: readJson(text.slice(at + 1)) };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // what is not JSON is meant as it stands: region=eu
    return text;
  }
}
