import { type PackedBytes, packedAt } from '../encoding/index.js';

/**
 * Row numbers in the order of their keys' bytes. Rows that go into an index in its order go in faster, and two
 * writers that lock rows in one order never wait for each other in a circle.
 */
export function rowsByKey(keys: PackedBytes): Uint32Array {
  const parts = Array.from({ length: keys.offsets.length - 1 }, (_, row) => packedAt(keys, row));
  return Uint32Array.from(parts.keys()).sort((a, b) => Buffer.compare(parts[a]!, parts[b]!));
}
