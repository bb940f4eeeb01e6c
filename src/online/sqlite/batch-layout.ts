import type { PackedBytes } from '../../encoding/index.js';
import { type EncodedBatch, type EncodedFeature, NO_CREATED_TIME } from '../encoded-batch.js';

/**
 * How a batch lies in one blob that a single INSERT takes apart with substr(): a block of `stride` bytes an
 * entity, every field at the same place in each block. A field of varying length is four digits of length and
 * then room for the longest.
 */
export interface BatchLayout {
  readonly stride: number;
  /** places within a block, counted from 0 */
  readonly key: number;
  readonly eventTime: number;
  readonly createdTime: number;
  /** in order of their names, the order of the table's primary key */
  readonly features: readonly {
    readonly name: string;
    readonly value: number;
    /** undefined: the feature has no text */
    readonly text: number | undefined;
  }[];
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
  const reserveField = (packed: PackedBytes) => {
    const length = longest(packed);
    if (length >= NULL_LENGTH) fits = false;
    // rounded up, so that batches alike share a layout and its statement
    return reserve(LENGTH_DIGITS + Math.ceil(length / 8) * 8);
  };
  const eventTime = reserve(TIME_DIGITS);
  const createdTime = reserve(TIME_DIGITS);
  const key = reserveField(batch.keys);
  const features = sortedByName(batch.features).map(({ name, values, text }) => ({
    name,
    value: reserveField(values),
    text: text === undefined ? undefined : reserveField(text),
  }));
  if (!fits || stride * batch.rowCount > MAX_BLOB) return undefined;
  return { stride, key, eventTime, createdTime, features };
}

/** In order of UTF-8 bytes, as SQLite compares text. */
export function sortedByName(features: readonly EncodedFeature[]): EncodedFeature[] {
  return [...features].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/** The blob of a batch. */
export function packBatch(batch: EncodedBatch, layout: BatchLayout): Buffer {
  const { stride } = layout;
  const blob = Buffer.allocUnsafe(stride * batch.rowCount);
  const features = sortedByName(batch.features);
  packField(blob, batch.keys, undefined, layout.key, stride);
  for (const [i, { value, text }] of layout.features.entries()) {
    const feature = features[i]!;
    packField(blob, feature.values, undefined, value, stride);
    if (text !== undefined) packField(blob, feature.text!, feature.values, text, stride);
  }
  packTimes(blob, batch.eventTimes, batch.rowCount, layout.eventTime, stride);
  packTimes(blob, batch.createdTimes, batch.rowCount, layout.createdTime, stride);
  return blob;
}

function longest({ offsets }: PackedBytes): number {
  let most = 0;
  for (let i = 1; i < offsets.length; i++) most = Math.max(most, offsets[i]! - offsets[i - 1]!);
  return most;
}

/** @param nullWhereEmpty the field is null where an element of this one is empty */
function packField(
  blob: Buffer,
  { bytes, offsets }: PackedBytes,
  nullWhereEmpty: PackedBytes | undefined,
  place: number,
  stride: number,
): void {
  const nulls = nullWhereEmpty?.offsets;
  for (let i = 0, block = place; i < offsets.length - 1; i++, block += stride) {
    let from = offsets[i]!;
    const end = offsets[i + 1]!;
    const length = nulls !== undefined && nulls[i] === nulls[i + 1] ? NULL_LENGTH : end - from;
    blob[block] = 48 + Math.floor(length / 1000);
    blob[block + 1] = 48 + (Math.floor(length / 100) % 10);
    blob[block + 2] = 48 + (Math.floor(length / 10) % 10);
    blob[block + 3] = 48 + (length % 10);
    // a loop: fields are short, and a call to set() costs more
    for (let at = block + LENGTH_DIGITS; from < end; from++, at++) blob[at] = bytes[from]!;
  }
}

/** Whole seconds, rounded down; Feast keeps no more. */
export function secondsOf(microseconds: bigint): number {
  return microseconds === NO_CREATED_TIME ? NULL_SECONDS : Math.floor(Number(microseconds) / 1e6);
}

function packTimes(
  blob: Buffer,
  times: BigInt64Array | undefined,
  rowCount: number,
  place: number,
  stride: number,
): void {
  let [previous, text] = [0n, ''];
  for (let i = 0; i < rowCount; i++) {
    const time = times?.[i] ?? NO_CREATED_TIME;
    if (text === '' || time !== previous) {
      previous = time;
      text = String(secondsOf(time)).padStart(TIME_DIGITS);
    }
    blob.write(text, place + i * stride, TIME_DIGITS, 'latin1');
  }
}
