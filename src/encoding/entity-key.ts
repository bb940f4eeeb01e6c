import type { FeastType } from '../definitions/index.js';
import { CodedError } from '../shared/errors.js';
import type { Column } from './column.js';
import { type PackedBytes, packBytes, packTexts } from './packed-bytes.js';

/** ValueType numbers of the types a key can hold. Feast: key_encoding_utils.py:_serialize_val. */
const KEY_TYPES: Partial<Record<FeastType, number>> = {
  Bytes: 1,
  String: 2,
  Int32: 3,
  Int64: 4,
  UnixTimestamp: 8,
};
const STRING = 2;

/** Orders names as Python does: by code point, which is the order of their UTF-8 bytes. */
export function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Serialized entity keys, version 3, one a row. Feast: key_encoding_utils.py:123-190. Little-endian 32-bit
 * numbers: how many join keys; for each name, sorted: type 2, length, UTF-8; then for each value, in the same
 * order: type, length, bytes.
 * @param joinKeys columns without nulls
 * @throws CodedError ENTITY_KEY_TYPE for a type Feast cannot put into a key
 */
export function encodeEntityKeys(joinKeys: readonly Column[]): PackedBytes {
  const sorted = [...joinKeys].sort((a, b) => compareCodePoints(a.name, b.name));
  const rows = sorted[0]?.values.length ?? 0;
  const header = encodeHeader(sorted.map((column) => column.name));
  const parts = sorted.map((column) => keyPart(column));

  const offsets = new Uint32Array(rows + 1);
  for (let i = 0; i < rows; i++) {
    let length = header.length;
    for (const { packed } of parts) length += 8 + packed.offsets[i + 1]! - packed.offsets[i]!;
    offsets[i + 1] = offsets[i]! + length;
  }
  const bytes = new Uint8Array(offsets[rows]!);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < rows; i++) {
    let at = offsets[i]!;
    bytes.set(header, at);
    at += header.length;
    for (const { type, packed } of parts) {
      const end = packed.offsets[i + 1]!;
      let from = packed.offsets[i]!;
      view.setUint32(at, type, true);
      view.setUint32(at + 4, end - from, true);
      at += 8;
      // a loop: parts are short, and creating a view for each costs more
      while (from < end) bytes[at++] = packed.bytes[from++]!;
    }
  }
  return { bytes, offsets };
}

/** What every key with these join keys, in any order, begins with. Feast: key_encoding_utils.py serialize_entity_key_prefix. */
export function encodeEntityKeyPrefix(joinKeys: readonly string[]): Uint8Array {
  return encodeHeader([...joinKeys].sort(compareCodePoints));
}

/** @param names sorted */
function encodeHeader(names: readonly string[]): Uint8Array {
  const chunks: Uint8Array[] = [uint32(names.length)];
  for (const name of names) {
    const utf8 = Buffer.from(name);
    chunks.push(uint32(STRING), uint32(utf8.length), utf8);
  }
  return Buffer.concat(chunks);
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function keyPart(column: Column): { type: number; packed: PackedBytes } {
  const type = KEY_TYPES[column.type];
  if (type === undefined) {
    throw new CodedError(
      'ENTITY_KEY_TYPE',
      `join key "${column.name}" is of type ${column.type}; Feast's entity keys hold only ${Object.keys(KEY_TYPES).join(', ')}`,
    );
  }
  const { values } = column;
  if (column.type === 'String') return { type, packed: packTexts(values as string[]) };
  if (column.type === 'Bytes') return { type, packed: packBytes(values as Uint8Array[]) };
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = values as BigInt64Array | Int32Array;
  const offsets = Uint32Array.from({ length: values.length + 1 }, (_, i) => i * BYTES_PER_ELEMENT);
  return { type, packed: { bytes: new Uint8Array(buffer, byteOffset, byteLength), offsets } };
}
