import { murmur3 } from './murmur3.js';

/** A `google.protobuf.Timestamp`. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** The hash field of a feature: its murmur3 hash, 4 bytes, little-endian. Feast: online_stores/helpers.py _mmh3. */
export function featureField(view: string, feature: string): Buffer {
  const field = Buffer.alloc(4);
  field.writeUInt32LE(murmur3(Buffer.from(`${view}:${feature}`)));
  return field;
}

/** The hash field of a view's event time. Feast: redis.py online_write_batch. */
export function timeField(view: string): Buffer {
  return Buffer.from(`_ts:${view}`);
}

/** Serialized Timestamp of microseconds since the epoch. */
export function encodeTimestamp(microseconds: bigint): Buffer {
  let seconds = Number(microseconds / 1_000_000n);
  let micros = Number(microseconds - BigInt(seconds) * 1_000_000n);
  if (micros < 0) [seconds, micros] = [seconds - 1, micros + 1_000_000];
  const bytes: number[] = [];
  putField(bytes, 0x08, seconds);
  putField(bytes, 0x10, micros * 1000);
  return Buffer.from(bytes);
}

/** A serialized Timestamp; fields other than seconds and nanos do not occur in one. */
export function decodeTimestamp(bytes: Uint8Array): Timestamp {
  const values = [0n, 0n, 0n];
  for (let at = 0; at < bytes.length; ) {
    const field = bytes[at++]! >> 3;
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    values[field] = BigInt.asIntN(64, value);
  }
  return { seconds: Number(values[1]), nanos: Number(values[2]) };
}

/** Whether the first is later than the second. */
export function isLater(a: Timestamp, b: Timestamp): boolean {
  return a.seconds > b.seconds || (a.seconds === b.seconds && a.nanos > b.nanos);
}

/** The Date of a Timestamp, to the millisecond. */
export function dateOf({ seconds, nanos }: Timestamp): Date {
  return new Date(seconds * 1000 + Math.floor(nanos / 1e6));
}

/**
 * Whether a Redis key is an entity key of the project: a serialized key of version 3, and the project's name after
 * it. Told by taking it apart, for the name of one project may end with that of another.
 * Feast: online_stores/helpers.py _redis_key.
 */
export function isKeyOf(project: string, key: Buffer): boolean {
  const uint32 = (at: number) => (at + 4 <= key.length ? key.readUInt32LE(at) : Number.POSITIVE_INFINITY);
  const count = uint32(0);
  let at = 4;
  // join keys, then values: a type, a length and so many bytes each
  for (let part = 0; part < 2 * count && at <= key.length; part++) at += 8 + uint32(at + 4);
  return at <= key.length && key.subarray(at).equals(Buffer.from(project));
}

function putField(bytes: number[], tag: number, value: number): void {
  if (value === 0) return;
  bytes.push(tag);
  if (value < 0) {
    // as 64 bits, of which a number has too few
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    return;
  }
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}
