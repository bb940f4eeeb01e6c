import type { FeastType } from '../definitions/index.js';

/**
 * A column of values of one Feast type, as an offline store hands it on: no object a row.
 *
 * `values` by type: Int64, UnixTimestamp (seconds) → BigInt64Array; Int32 → Int32Array; Float64 → Float64Array;
 * Float32 → Float32Array; Bool → Uint8Array; String and the types kept as text (Json, Uuid, TimeUuid, Decimal) →
 * string[]; Bytes → Uint8Array[]; arrays and sets → arrays of elements; the others → JavaScript values as
 * `encodeValue` takes them.
 */
export interface Column {
  readonly name: string;
  readonly type: FeastType;
  readonly values: ArrayLike<unknown>;
  /** 1 where the value is null, which decides before `values` is looked at; undefined: no nulls */
  readonly nulls: Uint8Array | undefined;
}
