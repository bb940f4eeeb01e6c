import { CodedError } from '../shared/errors.js';

/** A decoded feature value or join key. */
export type FeatureValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | ZonedTimestamp
  | readonly FeatureValue[]
  | ReadonlyMap<FeatureValue, FeatureValue>
  | { readonly [key: string]: FeatureValue };

/** A Feast ZonedTimestamp: an instant (whole seconds) and the zone it was given in. */
export interface ZonedTimestamp {
  readonly timestamp: Date;
  readonly zone: string;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

function reject(value: unknown, place: string, expected: string): never {
  const shown = typeof value === 'bigint' ? `${value}` : (JSON.stringify(value) ?? String(value));
  throw new CodedError(
    'VALUE_INVALID',
    `${place}: ${shown.slice(0, 100)} does not fit; expected ${expected}`,
  );
}

/** A 64-bit integer from a whole number, a bigint or decimal digits (JSON cannot carry more than 2^53). */
export function toInt64(value: unknown, place: string): bigint {
  let integer: bigint | undefined;
  if (typeof value === 'bigint') integer = value;
  else if (typeof value === 'number' && Number.isSafeInteger(value)) integer = BigInt(value);
  else if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) integer = BigInt(value);
  if (integer === undefined || integer < INT64_MIN || integer > INT64_MAX) {
    reject(value, place, 'a 64-bit integer (a whole number up to 2^53, a bigint, or decimal digits)');
  }
  return integer;
}

/** A 32-bit integer, from what `toInt64` takes. */
export function toInt32(value: unknown, place: string): number {
  const integer = toInt64(value, place);
  if (BigInt.asIntN(32, integer) !== integer) reject(value, place, 'a 32-bit integer');
  return Number(integer);
}

/** A floating point number from a number, or a text that is one (`"NaN"`, `"-Infinity"`, `"1e3"`). */
export function toFloat(value: unknown, place: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && value.trim() !== '' && (value === 'NaN' || !Number.isNaN(Number(value)))) {
    return Number(value);
  }
  reject(value, place, 'a number');
}

export function toBool(value: unknown, place: string): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'True') return true;
  if (value === 'false' || value === 'False') return false;
  reject(value, place, 'true or false');
}

export function toText(value: unknown, place: string): string {
  if (typeof value !== 'string') reject(value, place, 'a text');
  return value;
}

/** A decimal as text; numbers and bigints are written out. */
export function toDecimalText(value: unknown, place: string): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return toText(value, place);
}

/** JSON as text: a string must hold JSON already, anything else is serialized. */
export function toJsonText(value: unknown, place: string): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    JSON.parse(value);
  } catch {
    reject(value, place, 'a text that holds JSON (or an object, an array, a number, a boolean)');
  }
  return value;
}

/** Bytes from a Uint8Array, or from base64 text, as JSON carries them. */
export function toBytes(value: unknown, place: string): Uint8Array {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return value as Uint8Array;
  if (typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value)) return Buffer.from(value, 'base64');
  reject(value, place, 'bytes (a Uint8Array, or base64 text)');
}

/** Whole seconds since the epoch, rounded down, from a Date, seconds, or a time as text (no zone: UTC). */
export function toUnixSeconds(value: unknown, place: string): bigint {
  if (value instanceof Date && !Number.isNaN(value.getTime()))
    return BigInt(Math.floor(value.getTime() / 1000));
  if (typeof value === 'string' && !/^-?\d+$/.test(value)) {
    const zoned = /([zZ]|[+-]\d\d:?\d\d)$/.test(value) || /^\d{4}-\d\d-\d\d$/.test(value);
    const time = Date.parse(zoned ? value : `${value}Z`);
    if (!Number.isNaN(time)) return BigInt(Math.floor(time / 1000));
    reject(value, place, 'a time: a Date, seconds since the epoch, or ISO 8601 text');
  }
  return toInt64(value, place);
}

/** An integer for people: a number where it is exact, else a bigint. */
export function fromInt64(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** @throws CodedError VALUE_INVALID where a Date cannot hold the time */
export function fromUnixSeconds(seconds: bigint): Date {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) reject(seconds, 'timestamp', 'seconds within ±275,000 years of 1970');
  return date;
}
