/**
 * Feast's feature types, by the names of `feast.types` (Python), and the numbers of `feast.types.ValueType.Enum`
 * they have in a registry.
 */
const SCALARS = {
  Bytes: 1,
  String: 2,
  Int32: 3,
  Int64: 4,
  Float64: 5,
  Float32: 6,
  Bool: 7,
  UnixTimestamp: 8,
  Map: 20,
  Json: 32,
  Struct: 34,
  Uuid: 36,
  TimeUuid: 37,
  Decimal: 44,
  ScalarMap: 47,
  ZonedTimestamp: 48,
} as const;

const ARRAYS = {
  Bytes: 11,
  String: 12,
  Int32: 13,
  Int64: 14,
  Float64: 15,
  Float32: 16,
  Bool: 17,
  UnixTimestamp: 18,
  Map: 21,
  Json: 33,
  Struct: 35,
  Uuid: 38,
  TimeUuid: 39,
  Decimal: 45,
} as const;

const SETS = {
  Bytes: 22,
  String: 23,
  Int32: 24,
  Int64: 25,
  Float64: 26,
  Float32: 27,
  Bool: 28,
  UnixTimestamp: 29,
  Uuid: 40,
  TimeUuid: 41,
  Decimal: 46,
} as const;

export type ScalarType = keyof typeof SCALARS;
/** `Array(Array(…))` and `Array(Set(…))` are Feast's VALUE_LIST; the inner type travels in a field tag. */
export type FeastType =
  | ScalarType
  | `Array(${keyof typeof ARRAYS})`
  | `Set(${keyof typeof SETS})`
  | 'ValueList'
  | 'ValueSet';

const NUMBER_BY_TYPE = new Map<string, number>([
  ...Object.entries(SCALARS),
  ...Object.entries(ARRAYS).map(([name, n]) => [`Array(${name})`, n] as const),
  ...Object.entries(SETS).map(([name, n]) => [`Set(${name})`, n] as const),
  ['ValueList', 42],
  ['ValueSet', 43],
]);
const TYPE_BY_NUMBER = new Map([...NUMBER_BY_TYPE].map(([type, n]) => [n, type as FeastType]));

export const FEAST_TYPES: readonly FeastType[] = [...NUMBER_BY_TYPE.keys()] as FeastType[];

export function isFeastType(value: unknown): value is FeastType {
  return typeof value === 'string' && NUMBER_BY_TYPE.has(value);
}

/** The ValueType.Enum number of a type. */
export function valueTypeNumber(type: FeastType): number {
  return NUMBER_BY_TYPE.get(type)!;
}

/** The type of a ValueType.Enum number; undefined for INVALID (0) and numbers of a newer Feast. */
export function feastTypeOf(number: number): FeastType | undefined {
  return TYPE_BY_NUMBER.get(number);
}
