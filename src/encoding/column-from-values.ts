import type { FeastType } from '../definitions/index.js';
import type { Column } from './column.js';
import {
  toBool,
  toBytes,
  toDecimalText,
  toFloat,
  toInt32,
  toInt64,
  toJsonText,
  toText,
  toUnixSeconds,
} from './scalar.js';

/**
 * A column made of JavaScript values, checked against the type; null and undefined are nulls.
 * @param place what the values belong to, for the error message: `join key "driver_id"`
 * @throws CodedError VALUE_INVALID
 */
export function columnFromValues(
  name: string,
  type: FeastType,
  input: readonly unknown[],
  place = `"${name}"`,
): Column {
  const nulls = Uint8Array.from(input, (value) => (value === null || value === undefined ? 1 : 0));
  const convert = <T>(to: (value: unknown, place: string) => T, empty: T) =>
    input.map((value, i) => (nulls[i] ? empty : to(value, place)));
  const values = ((): ArrayLike<unknown> => {
    switch (type) {
      case 'Int64':
        return BigInt64Array.from(convert(toInt64, 0n));
      case 'UnixTimestamp':
        return BigInt64Array.from(convert(toUnixSeconds, 0n));
      case 'Int32':
        return Int32Array.from(convert(toInt32, 0));
      case 'Float64':
        return Float64Array.from(convert(toFloat, 0));
      case 'Float32':
        return Float32Array.from(convert(toFloat, 0));
      case 'Bool':
        return Uint8Array.from(convert(toBool, false), Number);
      case 'String':
      case 'Uuid':
      case 'TimeUuid':
        return convert(toText, '');
      case 'Decimal':
        return convert(toDecimalText, '');
      case 'Json':
        return convert(toJsonText, '');
      case 'Bytes':
        return convert(toBytes, new Uint8Array(0));
      default:
        return input;
    }
  })();
  return { name, type, values, nulls: nulls.includes(1) ? nulls : undefined };
}
