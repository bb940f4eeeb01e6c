import type { FeastType } from '../definitions/index.js';

/**
 * A column of values of one Feast type, as an offline store hands it on: no object a row.
 *
 * `values` by type: Int64, UnixTimestamp (seconds) → BigInt64Array; Int32 → Int32Array; Float64 → Float64Array;
 * Float32 → Float32Array; Bool → Uint8Array or boolean array; String and the text types → string[];
 * Bytes → Uint8Array[]; arrays and sets → arrays of those. `isNull(i)` decides before `values[i]` is looked at.
 */
export interface Column {
  readonly name: string;
  readonly type: FeastType;
  readonly values: ArrayLike<unknown>;
  /** undefined: no nulls */
  readonly nulls: Uint8Array | undefined;
}

/** Event and created times of a batch: microseconds since the epoch. */
export interface ColumnBatch {
  readonly rowCount: number;
  readonly joinKeys: readonly Column[];
  readonly features: readonly Column[];
  readonly eventTimes: BigInt64Array;
  /** undefined: the source has no created column; a null is the minimum BigInt64 */
  readonly createdTimes: BigInt64Array | undefined;
}
