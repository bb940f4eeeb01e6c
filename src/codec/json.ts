/**
 * Protobuf's JSON form, as Python Feast prints it (MessageToJson). The generated codecs carry no descriptors, so the few names that a rule cannot
 * tell are listed; a test holds the lists against the .proto files.
 */
import type { Codec } from './feast.js';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Fields that are maps: their keys are data, not field names. */
export const MAP_FIELDS = new Set([
  'config',
  'deprecatedSchema',
  'fieldMapping',
  'joinKeyMap',
  'labels',
  'properties',
  'requiredTags',
  'sources',
  'tags',
]);

/** Fields whose name in the proto is camel case already. */
export const CAMEL_CASE_FIELDS = new Set(['earliestEventTimestamp', 'latestEventTimestamp']);

/** Fields of type google.protobuf.Duration. */
export const DURATION_FIELDS = new Set([
  'maxAge',
  'slideInterval',
  'tilingHopSize',
  'timeWindow',
  'ttl',
  'watermarkDelayThreshold',
]);

/** Fields of type google.protobuf.Timestamp. */
export const TIMESTAMP_FIELDS = new Set([
  'createdTimestamp',
  'earliestEventTimestamp',
  'endTime',
  'eventTimestamp',
  'lastUpdated',
  'lastUpdatedTimestamp',
  'latestEventTimestamp',
  'maxEventTimestamp',
  'minEventTimestamp',
  'precomputedAt',
  'startTime',
]);

export interface JsonOptions {
  /** the proto's own field names, as Python's preserving_proto_field_name; false: camelCase, protobuf's default */
  readonly preserveNames?: boolean;
}

/** A message as protobuf JSON: enums by name, bytes in base64, 64-bit integers as text, defaults left out. */
export function toJson<Input, Message>(
  codec: Codec<Input, Message>,
  message: NoInfer<Input>,
  { preserveNames = true }: JsonOptions = {},
): { [key: string]: Json } {
  // once through bytes, so that a default that was set is as absent as one that was not
  const canonical = codec.decode(codec.encode(message).finish());
  const object = codec.toObject(canonical, { enums: String, longs: String, bytes: String });
  return convertMessage(object, preserveNames ? protoName : (key) => key) as { [key: string]: Json };
}

type NameOf = (key: string) => string;

function convertMessage(object: Record<string, unknown>, nameOf: NameOf): Json {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [nameOf(key), convertField(key, value, nameOf)]),
  );
}

function convertField(key: string, value: unknown, nameOf: NameOf): Json {
  if (TIMESTAMP_FIELDS.has(key)) return timestampText(value as Span);
  if (DURATION_FIELDS.has(key)) return durationText(value as Span);
  if (MAP_FIELDS.has(key)) {
    return Object.fromEntries(
      Object.entries(value as object).map(([name, element]) => [name, convertValue(element, nameOf)]),
    );
  }
  if (Array.isArray(value)) return value.map((element) => convertValue(element, nameOf));
  return convertValue(value, nameOf);
}

function convertValue(value: unknown, nameOf: NameOf): Json {
  if (typeof value === 'object' && value !== null) {
    return convertMessage(value as Record<string, unknown>, nameOf);
  }
  return value as Json;
}

function protoName(key: string): string {
  return CAMEL_CASE_FIELDS.has(key) ? key : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

interface Span {
  seconds?: string;
  nanos?: number;
}

/** RFC 3339 with 0, 3, 6 or 9 digits of a second, as protobuf's JSON mapping says. */
function timestampText({ seconds = '0', nanos = 0 }: Span): string {
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${whole}${fraction(nanos)}Z`;
}

function durationText({ seconds = '0', nanos = 0 }: Span): string {
  const sign = nanos < 0 && seconds === '0' ? '-' : '';
  return `${sign}${seconds}${fraction(Math.abs(nanos))}s`;
}

function fraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos)
    .padStart(9, '0')
    .replace(/(000){1,2}$/, '');
  return `.${digits}`;
}
