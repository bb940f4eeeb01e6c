import { feast } from '../../proto/generated/feast.js';
import type { FeastType, ScalarType } from '../definitions/index.js';
import { CodedError, messageOf } from '../shared/errors.js';
import { type FeatureValue, toFloat, toInt64, toText, toUnixSeconds, type ZonedTimestamp } from './scalar.js';
import { containerOf, isSimpleType, longOf, SCALAR_KINDS, type SimpleType } from './value-kinds.js';

const { Value } = feast.types;
type ValueFields = feast.types.Value.$Properties;
type Loose = Record<string, unknown>;

/**
 * Serializes one value as a `feast.types.Value`; null and undefined become 0 bytes.
 * @param place what the value belongs to, for the error message: `join key "driver_id"`
 * @throws CodedError VALUE_INVALID
 */
export function encodeValue(value: unknown, type: FeastType, place: string): Uint8Array {
  if (value === null || value === undefined) return new Uint8Array(0);
  return Value.encode(valueFields(value, type, place)).finish();
}

function valueFields(value: unknown, type: FeastType, place: string): ValueFields {
  if (isSimpleType(type)) {
    const { field, toProto } = SCALAR_KINDS[type];
    return { [`${field}Val`]: toProto(value, place) };
  }
  const container = containerOf(type);
  if (container !== undefined) return containerFields(value, container.container, container.element, place);
  switch (type) {
    case 'Map':
      return { mapVal: mapFields(value, place) };
    case 'Struct':
      return { structVal: mapFields(value, place) };
    case 'ValueList':
      return { listVal: { val: elements(value, place).map((element) => inferredFields(element, place)) } };
    case 'ValueSet':
      return { setVal: { val: elements(value, place).map((element) => inferredFields(element, place)) } };
    case 'ZonedTimestamp': {
      const { timestamp, zone } = plainObject(value, place);
      return {
        zonedTimestampVal: {
          unixTimestamp: longOf(toUnixSeconds(timestamp, place)),
          zone: toText(zone, place),
        } as feast.types.ZonedTimestamp.$Properties,
      };
    }
    default: {
      if (!(value instanceof Map)) throw invalid(value, place, 'a Map');
      const val = [...value].map(([key, item]) => ({
        key: mapKeyFields(key, place),
        value: item === null ? {} : inferredFields(item, place),
      }));
      return { scalarMapVal: { val } };
    }
  }
}

function containerFields(
  value: unknown,
  container: 'Array' | 'Set',
  element: ScalarType,
  place: string,
): ValueFields {
  const suffix = container === 'Array' ? 'ListVal' : 'SetVal';
  const values = elements(value, place);
  if (values.some((item) => item === null || item === undefined)) {
    throw invalid(
      null,
      place,
      `no null inside ${container}(${element}): Feast's format has no place for one`,
    );
  }
  if (isSimpleType(element)) {
    const { field, toProto } = SCALAR_KINDS[element];
    return { [`${field}${suffix}`]: { val: values.map((item) => toProto(item, place)) } };
  }
  const maps = { val: values.map((item) => mapFields(item, place)) };
  return element === 'Map' ? { mapListVal: maps } : { structListVal: maps };
}

function elements(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return [...(value as Float64Array)];
  throw invalid(value, place, 'an array');
}

function plainObject(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw invalid(value, place, 'an object');
  }
  return value as Record<string, unknown>;
}

function mapFields(value: unknown, place: string): feast.types.Map.$Properties {
  const val: Record<string, ValueFields> = {};
  for (const [key, item] of Object.entries(plainObject(value, place))) {
    val[key] = item === null || item === undefined ? {} : inferredFields(item, `${place}.${key}`);
  }
  return { val };
}

/** Values inside a map carry no declared type: the JavaScript type decides, as Python's does in Feast. */
function inferredFields(value: unknown, place: string): ValueFields {
  if (Array.isArray(value)) return { listVal: { val: value.map((item) => inferredFields(item, place)) } };
  return valueFields(value, inferredType(value), place);
}

function inferredType(value: unknown): SimpleType | 'Map' {
  if (typeof value === 'string') return 'String';
  if (typeof value === 'boolean') return 'Bool';
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return 'Int64';
  if (typeof value === 'number') return 'Float64';
  if (value instanceof Date) return 'UnixTimestamp';
  if (value instanceof Uint8Array) return 'Bytes';
  return 'Map';
}

function mapKeyFields(key: unknown, place: string): feast.types.MapKey.$Properties {
  if (typeof key === 'boolean') return { boolKey: key };
  if (key instanceof Uint8Array) return { bytesKey: key };
  if (key instanceof Date) {
    return { unixTimestampKey: longOf(toUnixSeconds(key, place)) as unknown as number };
  }
  if (typeof key === 'number' && !Number.isInteger(key)) return { doubleKey: toFloat(key, place) };
  return { int64Key: longOf(toInt64(key, place)) as unknown as number };
}

function invalid(value: unknown, place: string, expected: string): CodedError {
  const shown = JSON.stringify(value) ?? String(value);
  return new CodedError(
    'VALUE_INVALID',
    `${place}: ${shown.slice(0, 100)} does not fit; expected ${expected}`,
  );
}

/**
 * Reads a serialized `feast.types.Value`. 0 bytes are null. Int64 is a number where that is exact, else a
 * bigint; UnixTimestamp a Date; Bytes a Uint8Array; arrays and sets arrays; Map and Struct objects; Json what it
 * parses to; Uuid and Decimal text.
 * @throws CodedError VALUE_INVALID for bytes that are no Value
 */
export function decodeValue(bytes: Uint8Array): FeatureValue {
  if (bytes.length === 0) return null;
  const fast = decodeDouble(bytes);
  if (fast !== undefined) return fast;
  let message: feast.types.Value;
  try {
    message = Value.decode(bytes);
  } catch (error) {
    throw new CodedError(
      'VALUE_INVALID',
      `stored value ${Buffer.from(bytes.subarray(0, 40)).toString('hex')} is no feast.types.Value: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return fromFields(message);
}

const DOUBLE = new Float64Array(1);
const DOUBLE_BYTES = new Uint8Array(DOUBLE.buffer);

/** The most common kind, without building a message. */
function decodeDouble(bytes: Uint8Array): number | undefined {
  if (bytes.length !== 9 || bytes[0] !== 0x29) return undefined;
  for (let i = 0; i < 8; i++) DOUBLE_BYTES[i] = bytes[i + 1]!;
  return DOUBLE[0]!;
}

const SIMPLE_BY_FIELD = new Map(Object.values(SCALAR_KINDS).map((kind) => [kind.field, kind]));

function fromFields(message: ValueFields): FeatureValue {
  const name = (message as feast.types.Value).val;
  if (name === undefined || name === 'nullVal') return null;
  const content = (message as Loose)[name];
  const [, field, container] = /^(\w+?)(List|Set)?Val$/.exec(name)!;
  const simple = SIMPLE_BY_FIELD.get(field!);
  if (simple !== undefined) {
    if (container === undefined) return simple.fromProto(content);
    return ((content as { val?: unknown[] }).val ?? []).map((item) => simple.fromProto(item));
  }
  switch (name) {
    case 'mapVal':
    case 'structVal':
      return fromMap(content as feast.types.Map.$Properties);
    case 'mapListVal':
    case 'structListVal':
      return ((content as feast.types.MapList.$Properties).val ?? []).map(fromMap);
    case 'listVal':
    case 'setVal':
      return ((content as feast.types.RepeatedValue.$Properties).val ?? []).map(fromFields);
    case 'zonedTimestampVal': {
      const { unixTimestamp, zone } = content as feast.types.ZonedTimestamp.$Properties;
      const timestamp = SCALAR_KINDS.UnixTimestamp.fromProto(unixTimestamp ?? 0) as Date;
      return { timestamp, zone: zone ?? '' } satisfies ZonedTimestamp;
    }
    default: {
      const entries = (content as feast.types.ScalarMap.$Properties).val ?? [];
      return new Map(entries.map(({ key, value }) => [fromMapKey(key!), value ? fromFields(value) : null]));
    }
  }
}

function fromMap(map: feast.types.Map.$Properties): { readonly [key: string]: FeatureValue } {
  return Object.fromEntries(Object.entries(map.val ?? {}).map(([key, value]) => [key, fromFields(value)]));
}

function fromMapKey(key: feast.types.MapKey.$Properties): FeatureValue {
  const name = (key as feast.types.MapKey).key;
  const content = name === undefined ? null : (key as Loose)[name];
  if (name === 'int64Key') return SCALAR_KINDS.Int64.fromProto(content);
  if (name === 'unixTimestampKey') return SCALAR_KINDS.UnixTimestamp.fromProto(content);
  return content as FeatureValue;
}
