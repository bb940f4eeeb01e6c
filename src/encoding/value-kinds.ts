import type { FeastType, ScalarType } from '../definitions/index.js';
import {
  type FeatureValue,
  fromInt64,
  fromUnixSeconds,
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

/** How one scalar type travels in a `feast.types.Value`. */
export interface ScalarKind {
  /** field of the Value message without `Val`, in the generated code's spelling */
  readonly field: string;
  toProto(value: unknown, place: string): unknown;
  fromProto(value: unknown): FeatureValue;
}

/** A Long, as the generated code reads and writes 64-bit integers. */
export interface LongBits {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

export function longOf(value: bigint): LongBits {
  return { low: Number(BigInt.asIntN(32, value)), high: Number(value >> 32n), unsigned: false };
}

export function bigintOf(value: unknown): bigint {
  if (typeof value === 'number') return BigInt(value);
  const { low, high } = value as LongBits;
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

const same = (value: unknown): FeatureValue => value as FeatureValue;

function kind(
  field: string,
  toProto: ScalarKind['toProto'],
  fromProto: ScalarKind['fromProto'] = same,
): ScalarKind {
  return { field, toProto, fromProto };
}

/** The scalar types that are not made of other values. */
export const SCALAR_KINDS = {
  Bytes: kind('bytes', toBytes),
  String: kind('string', toText),
  Int32: kind('int32', toInt32),
  Int64: kind(
    'int64',
    (value, place) => longOf(toInt64(value, place)),
    (value) => fromInt64(bigintOf(value)),
  ),
  Float64: kind('double', toFloat),
  Float32: kind('float', toFloat),
  Bool: kind('bool', toBool),
  UnixTimestamp: kind(
    'unixTimestamp',
    (value, place) => longOf(toUnixSeconds(value, place)),
    (value) => fromUnixSeconds(bigintOf(value)),
  ),
  Json: kind('json', toJsonText, (value) => JSON.parse(value as string) as FeatureValue),
  Uuid: kind('uuid', toText),
  TimeUuid: kind('timeUuid', toText),
  Decimal: kind('decimal', toDecimalText),
} as const satisfies Partial<Record<ScalarType, ScalarKind>>;

export type SimpleType = keyof typeof SCALAR_KINDS;

export function isSimpleType(type: string): type is SimpleType {
  return type in SCALAR_KINDS;
}

/** `Array(Int64)` → `{ container: 'Array', element: 'Int64' }`; undefined for a type that holds one value. */
export function containerOf(
  type: FeastType,
): { container: 'Array' | 'Set'; element: ScalarType } | undefined {
  const match = /^(Array|Set)\((\w+)\)$/.exec(type);
  if (match === null) return undefined;
  return { container: match[1] as 'Array' | 'Set', element: match[2] as ScalarType };
}
