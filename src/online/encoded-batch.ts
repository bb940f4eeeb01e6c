import type { PackedBytes } from '../encoding/index.js';

/** A feature column encoded for storing. */
export interface EncodedFeature {
  readonly name: string;
  /** serialized `feast.types.Value`; a null is 0 bytes */
  readonly values: PackedBytes;
  /**
   * Feast's `value_text` (strings, numbers, booleans) as UTF-8, for stores that keep it: null where the value is
   * null; undefined for types without one, and for stores that keep none
   */
  readonly text: PackedBytes | undefined;
}

/** The created time of a row that has none: less than any other. */
export const NO_CREATED_TIME = -(2n ** 63n);

/** A batch of rows ready to be stored, one row an entity, no entity twice. */
export interface EncodedBatch {
  readonly rowCount: number;
  /** serialized entity keys (version 3) */
  readonly keys: PackedBytes;
  readonly features: readonly EncodedFeature[];
  /** microseconds since the epoch */
  readonly eventTimes: BigInt64Array;
  /** undefined: none; a null is NO_CREATED_TIME */
  readonly createdTimes: BigInt64Array | undefined;
}
