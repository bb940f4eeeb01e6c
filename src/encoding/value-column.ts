import { valueTypeNumber } from '../definitions/index.js';
import type { Column } from './column.js';
import { type PackedBytes, packBytes, packTexts } from './packed-bytes.js';
import { encodeValue } from './value.js';
import { pythonFloat } from './value-text.js';

/** A column as serialized `feast.types.Value`s, with Feast's `value_text` where the type has one. */
export interface EncodedColumn {
  /** a null is 0 bytes */
  readonly values: PackedBytes;
  /**
   * UTF-8, null where the value is null; undefined for types without a text.
   * Feast: infra/online_stores/helpers.py extract_text_and_num.
   */
  readonly text: PackedBytes | undefined;
}

/**
 * Encodes a column. A NaN in a Float64 or Float32 column is a missing value and becomes null, as in Feast
 * (type_map.py python_values_to_proto_values); inside an array it is kept.
 * @param withText false leaves the text out, which for floats takes longer than all the rest
 * @throws CodedError VALUE_INVALID
 */
export function encodeColumn(column: Column, withText = true): EncodedColumn {
  const rows = column.values.length;
  switch (column.type) {
    case 'Float64':
      return encodeFloats(column as FloatColumn, 0x29, 8, withText);
    case 'Float32':
      return encodeFloats(column as FloatColumn, 0x35, 4, withText);
    case 'Int32': {
      const wide = BigInt64Array.from(column.values as Int32Array, BigInt);
      return encodeIntegers(wide, column.nulls, 0x18, withText);
    }
    case 'Int64':
      return encodeIntegers(column.values as BigInt64Array, column.nulls, 0x20, withText);
    case 'UnixTimestamp':
      return encodeIntegers(column.values as BigInt64Array, column.nulls, 0x40, false);
    case 'Bool':
      return encodeBooleans(column.values as Uint8Array, column.nulls, withText);
    case 'String':
    case 'Json':
    case 'Uuid':
    case 'TimeUuid':
    case 'Decimal': {
      const texts = Array.from({ length: rows }, (_, i) =>
        column.nulls?.[i] ? undefined : (column.values[i] as string),
      );
      const text = packTexts(texts);
      const values = prefix(text, column.nulls, valueTypeNumber(column.type));
      return { values, text: withText && column.type === 'String' ? text : undefined };
    }
    default: {
      const place = `column "${column.name}"`;
      const parts = Array.from({ length: rows }, (_, i) =>
        column.nulls?.[i] ? undefined : encodeValue(column.values[i], column.type, place),
      );
      return { values: packBytes(parts), text: undefined };
    }
  }
}

type FloatColumn = Column & { readonly values: Float64Array | Float32Array };

function encodeFloats(
  { values, nulls }: FloatColumn,
  tag: number,
  width: 4 | 8,
  withText: boolean,
): EncodedColumn {
  const rows = values.length;
  const bytes = new Uint8Array(rows * (width + 1));
  const view = new DataView(bytes.buffer);
  const offsets = new Uint32Array(rows + 1);
  const texts: string[] = new Array(withText ? rows : 0);
  let at = 0;
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    if (Number.isNaN(value) || nulls?.[i]) {
      if (withText) texts[i] = '';
    } else {
      bytes[at] = tag;
      if (width === 8) view.setFloat64(at + 1, value, true);
      else view.setFloat32(at + 1, value, true);
      at += width + 1;
      if (withText) texts[i] = pythonFloat(value);
    }
    offsets[i + 1] = at;
  }
  return { values: { bytes: bytes.subarray(0, at), offsets }, text: withText ? packTexts(texts) : undefined };
}

function encodeIntegers(
  values: BigInt64Array,
  nulls: Uint8Array | undefined,
  tag: number,
  withText: boolean,
): EncodedColumn {
  const rows = values.length;
  // pairs of 32-bit halves, low first: every platform Node runs on is little-endian
  const halves = new Uint32Array(values.buffer, values.byteOffset, rows * 2);
  const bytes = new Uint8Array(rows * 11);
  const offsets = new Uint32Array(rows + 1);
  const texts: string[] = new Array(withText ? rows : 0);
  let at = 0;
  for (let i = 0; i < rows; i++) {
    if (!nulls?.[i]) {
      bytes[at++] = tag;
      at = writeVarint(bytes, at, halves[2 * i]!, halves[2 * i + 1]!);
    }
    if (withText) texts[i] = nulls?.[i] ? '' : String(values[i]);
    offsets[i + 1] = at;
  }
  return {
    values: { bytes: bytes.subarray(0, at), offsets },
    text: withText ? packTexts(texts) : undefined,
  };
}

function writeVarint(bytes: Uint8Array, start: number, lowHalf: number, highHalf: number): number {
  let [low, high, at] = [lowHalf, highHalf, start];
  while (high !== 0 || low > 0x7f) {
    bytes[at++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  bytes[at++] = low;
  return at;
}

function encodeBooleans(values: Uint8Array, nulls: Uint8Array | undefined, withText: boolean): EncodedColumn {
  const rows = values.length;
  const parts: (Uint8Array | undefined)[] = new Array(rows);
  const texts: string[] = new Array(withText ? rows : 0);
  for (let i = 0; i < rows; i++) {
    const isNull = nulls?.[i] === 1;
    parts[i] = isNull ? undefined : values[i] ? TRUE : FALSE;
    if (withText) texts[i] = isNull ? '' : values[i] ? 'True' : 'False';
  }
  return { values: packBytes(parts), text: withText ? packTexts(texts) : undefined };
}

const TRUE = Uint8Array.of(0x38, 1);
const FALSE = Uint8Array.of(0x38, 0);

/** Puts the tag and length of a text field before each text. */
function prefix(text: PackedBytes, nulls: Uint8Array | undefined, field: number): PackedBytes {
  const rows = text.offsets.length - 1;
  const bytes = new Uint8Array(text.bytes.length + rows * 7);
  const offsets = new Uint32Array(rows + 1);
  let at = 0;
  for (let i = 0; i < rows; i++) {
    if (!nulls?.[i]) {
      const from = text.offsets[i]!;
      const length = text.offsets[i + 1]! - from;
      at = writeVarint(bytes, at, field * 8 + 2, 0);
      at = writeVarint(bytes, at, length, 0);
      bytes.set(text.bytes.subarray(from, from + length), at);
      at += length;
    }
    offsets[i + 1] = at;
  }
  return { bytes: bytes.subarray(0, at), offsets };
}
