/** Byte strings packed end to end: element i is `bytes[offsets[i] .. offsets[i + 1]]`. */
export interface PackedBytes {
  readonly bytes: Uint8Array;
  /** one element more than there are byte strings */
  readonly offsets: Uint32Array;
}

/** Element `index`, a view of the packed bytes. */
export function packedAt(packed: PackedBytes, index: number): Uint8Array {
  return packed.bytes.subarray(packed.offsets[index]!, packed.offsets[index + 1]!);
}

/** Packs byte strings; undefined packs as an empty one. */
export function packBytes(parts: ArrayLike<Uint8Array | undefined>): PackedBytes {
  const offsets = new Uint32Array(parts.length + 1);
  for (let i = 0; i < parts.length; i++) offsets[i + 1] = offsets[i]! + (parts[i]?.length ?? 0);
  const bytes = new Uint8Array(offsets[parts.length]!);
  for (let i = 0; i < parts.length; i++) if (parts[i] !== undefined) bytes.set(parts[i]!, offsets[i]!);
  return { bytes, offsets };
}

/** Packs texts as UTF-8; undefined packs as an empty one. */
export function packTexts(texts: readonly (string | undefined)[]): PackedBytes {
  const joined = texts.join('');
  const bytes = Buffer.from(joined, 'utf8');
  // as many bytes as UTF-16 units: all ASCII, and a text's length is its byte length
  const ascii = bytes.length === joined.length;
  const offsets = new Uint32Array(texts.length + 1);
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] ?? '';
    offsets[i + 1] = offsets[i]! + (ascii ? text.length : Buffer.byteLength(text));
  }
  return { bytes, offsets };
}
