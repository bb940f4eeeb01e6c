import type { Column } from '../encoding/index.js';

/** Event and created times of a batch: microseconds since the epoch. */
export interface ColumnBatch {
  readonly rowCount: number;
  readonly joinKeys: readonly Column[];
  readonly features: readonly Column[];
  readonly eventTimes: BigInt64Array;
  /** undefined: the source has no created column; a null is the minimum BigInt64 */
  readonly createdTimes: BigInt64Array | undefined;
}
