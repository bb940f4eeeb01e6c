import { encodeColumn, encodeEntityKeys } from '../encoding/index.js';
import type { ColumnBatch } from '../offline/column-batch.js';
import type { EncodedBatch } from '../online/encoded-batch.js';

/**
 * A batch as the offline store gives it → as the online store takes it.
 * @param withText whether the online store keeps texts beside values
 * @throws CodedError VALUE_INVALID
 */
export function encodeBatch(batch: ColumnBatch, withText: boolean): EncodedBatch {
  return {
    rowCount: batch.rowCount,
    keys: encodeEntityKeys(batch.joinKeys),
    features: batch.features.map((column) => ({ name: column.name, ...encodeColumn(column, withText) })),
    eventTimes: batch.eventTimes,
    createdTimes: batch.createdTimes,
  };
}

/** Bytes of keys and values: what is stored, without the store's own overhead. */
export function encodedSize(batch: EncodedBatch): number {
  return batch.features.reduce((sum, { values }) => sum + values.bytes.length, batch.keys.bytes.length);
}
