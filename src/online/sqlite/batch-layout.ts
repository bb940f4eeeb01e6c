import type { PackedBytes } from '../../encoding/index.js';
import { type EncodedBatch, type EncodedFeature, NO_CREATED_TIME } from '../encoded-batch.js';
import { rowsByKey } from '../key-order.js';

/**
 * How a batch lies in one blob that a single INSERT takes apart with substr(): a block of `stride` bytes an
 * entity, every field at the same place in each block. A field of varying length is four digits of length and
 * then room for the longest.
 */
export interface BatchLayout {
  readonly stride: number;
  readonly key: FieldLayout;
  /** place of the event time; the created time follows */
  readonly times: number;
  /** in order of their names, the order of the table's primary key */
  readonly features: readonly {
    readonly name: string;
    readonly value: FieldLayout;
    /** undefined: the feature has no text */
    readonly text: FieldLayout | undefined;
  }[];
}

export interface FieldLayout {
  /** place of the length within a block, counted from 0; the bytes follow it */
  readonly place: number;
  /** the length every element has, for which SQL need not look; undefined where they differ or may be null */
  readonly length: number | undefined;
}

/** Digits of a length. */
export const LENGTH_DIGITS = 4;
/** Length that stands for null. */
export const NULL_LENGTH = 9999;
/** Characters of a time in seconds. */
export const TIME_DIGITS = 14;
/** Seconds that stand for no created time: no time counted in microseconds is that early. */
export const NULL_SECONDS = -9_999_999_999_999;
/** Largest blob; a batch that needs more (one very long value among many) is written row by row. */
const MAX_BLOB = 64 * 1024 * 1024;

/** The layout of a batch, or undefined when it holds something too long for one. */
export function layoutOf(batch: EncodedBatch): BatchLayout | undefined {
  let stride = 0;
  let fits = true;
  const reserve = (bytes: number) => {
    const at = stride;
    stride += bytes;
    return at;
  };
  const reserveField = (packed: PackedBytes): FieldLayout => {
    const { shortest, longest } = lengthsOf(packed);
    if (longest >= NULL_LENGTH) fits = false;
    // rounded up, so that batches alike share a layout and its statement
    const place = reserve(LENGTH_DIGITS + Math.ceil(longest / 8) * 8);
    return { place, length: shortest === longest && longest > 0 ? longest : undefined };
  };
  const times = reserve(2 * TIME_DIGITS);
  const key = reserveField(batch.keys);
  const features = sortedByName(batch.features).map(({ name, values, text }) => ({
    name,
    value: reserveField(values),
    text: text === undefined ? undefined : reserveField(text),
  }));
  if (!fits || stride * batch.rowCount > MAX_BLOB) return undefined;
  return { stride, key, times, features };
}

/** In order of UTF-8 bytes, as SQLite compares text. */
export function sortedByName(features: readonly EncodedFeature[]): EncodedFeature[] {
  return [...features].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/** The blob of a batch, its entities in the order of their keys: rows then go into the table page by page. */
export function packBatch(batch: EncodedBatch, layout: BatchLayout): Buffer {
  const { stride } = layout;
  const order = rowsByKey(batch.keys);
  const blob = Buffer.allocUnsafe(stride * batch.rowCount);
  const features = sortedByName(batch.features);
  packField(blob, batch.keys, undefined, order, layout.key.place, stride);
  for (const [i, { value, text }] of layout.features.entries()) {
    const feature = features[i]!;
    packField(blob, feature.values, undefined, order, value.place, stride);
    if (text !== undefined) packField(blob, feature.text!, feature.values, order, text.place, stride);
  }
  packTimes(blob, batch.eventTimes, order, layout.times, stride);
  packTimes(blob, batch.createdTimes, order, layout.times + TIME_DIGITS, stride);
  return blob;
}

function lengthsOf({ offsets }: PackedBytes): { shortest: number; longest: number } {
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 1; i < offsets.length; i++) {
    const length = offsets[i]! - offsets[i - 1]!;
    if (length < shortest) shortest = length;
    if (length > longest) longest = length;
  }
  return { shortest, longest };
}

/** @param nullWhereEmpty the field is null where an element of this one is empty */
function packField(
  blob: Buffer,
  { bytes, offsets }: PackedBytes,
  nullWhereEmpty: PackedBytes | undefined,
  order: Uint32Array,
  place: number,
  stride: number,
): void {
  const nulls = nullWhereEmpty?.offsets;
  for (let at = 0, block = place; at < order.length; at++, block += stride) {
    const i = order[at]!;
    let from = offsets[i]!;
    const end = offsets[i + 1]!;
    const length = nulls !== undefined && nulls[i] === nulls[i + 1] ? NULL_LENGTH : end - from;
    blob[block] = 48 + Math.floor(length / 1000);
    blob[block + 1] = 48 + (Math.floor(length / 100) % 10);
    blob[block + 2] = 48 + (Math.floor(length / 10) % 10);
    blob[block + 3] = 48 + (length % 10);
    // a loop: fields are short, and a call to set() costs more
    for (let to = block + LENGTH_DIGITS; from < end; from++, to++) blob[to] = bytes[from]!;
  }
}

/** Whole seconds, rounded down; Feast keeps no more. */
export function secondsOf(microseconds: bigint): number {
  return microseconds === NO_CREATED_TIME ? NULL_SECONDS : Math.floor(Number(microseconds) / 1e6);
}

function packTimes(
  blob: Buffer,
  times: BigInt64Array | undefined,
  order: Uint32Array,
  place: number,
  stride: number,
): void {
  let [previous, text] = [0n, ''];
  for (let at = 0; at < order.length; at++) {
    const time = times?.[order[at]!] ?? NO_CREATED_TIME;
    if (text === '' || time !== previous) {
      previous = time;
      text = String(secondsOf(time)).padStart(TIME_DIGITS);
    }
    blob.write(text, place + at * stride, TIME_DIGITS, 'latin1');
  }
}
