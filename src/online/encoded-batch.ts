/** Byte strings packed end to end: element i is `bytes[offsets[i] .. offsets[i + 1]]`. */
export interface PackedBytes {
  readonly bytes: Uint8Array;
  /** rowCount + 1 elements */
  readonly offsets: Uint32Array;
}

/** A feature column encoded for storing. */
export interface EncodedFeature {
  readonly name: string;
  /** serialized `feast.types.Value`; a null is 0 bytes */
  readonly values: PackedBytes;
  /** Feast's `value_text` (strings, numbers, booleans as text), for stores that keep it; a null is null */
  readonly text: ArrayLike<string | null> | undefined;
}

/** A batch of rows ready to be stored, one row an entity, no entity twice. */
export interface EncodedBatch {
  readonly rowCount: number;
  /** serialized entity keys (version 3) */
  readonly keys: PackedBytes;
  readonly features: readonly EncodedFeature[];
  /** microseconds since the epoch */
  readonly eventTimes: BigInt64Array;
  /** undefined: none; a null is the minimum BigInt64 */
  readonly createdTimes: BigInt64Array | undefined;
}
