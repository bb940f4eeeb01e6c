import type { FeatureView } from '../definitions/index.js';
import type { EncodedBatch } from './encoded-batch.js';

/** One infrastructure object a store makes for a view: a table, an index, a key prefix. */
export interface InfraObject {
  /** what it is, as Feast prints it: `sqlite table` */
  readonly type: string;
  readonly name: string;
  /** where it lives, when that is not evident: the path of a database file */
  readonly location: string;
  /** for a store that finds what to drop by join keys and features (Redis); undefined where only the name is known */
  readonly view?: FeatureView;
}

/** What one entity has stored for one view. */
export interface StoredRow {
  /** milliseconds since the epoch */
  readonly eventTime: Date;
  /** serialized `feast.types.Value` by feature name; only features that are stored */
  readonly values: ReadonlyMap<string, Uint8Array>;
}

export interface WriteResult {
  /** entities in the batch that were written */
  readonly written: number;
  /** entities left alone because the store holds a newer row */
  readonly skippedOlder: number;
}

/**
 * Latest feature values by entity, in Feast's physical format. Every backend passes test/contracts/online-store.ts.
 *
 * Guard: a row replaces a stored one when its (event time, created time) is greater or equal (a missing created
 * time is least): the result of any set of writes is the same in any order, and repeating one changes nothing.
 * Times are compared as the format keeps them (whole seconds in SQLite); of rows equal there the last written stays.
 */
export interface OnlineStore {
  readonly name: string;
  /** the infrastructure a view needs, without touching anything */
  infraFor(project: string, view: FeatureView): InfraObject;
  /** creates what is missing, then drops what is to go; idempotent */
  updateInfra(project: string, create: readonly FeatureView[], drop: readonly InfraObject[]): Promise<void>;
  /** writes a batch atomically; @throws CodedError ONLINE_STORE_MISSING_TABLE, ONLINE_STORE_FULL, ONLINE_STORE_BUSY */
  write(project: string, view: FeatureView, batch: EncodedBatch): Promise<WriteResult>;
  /**
   * Reads entities by their serialized keys, in the order given.
   * @param features names wanted
   * @returns one element a key; undefined where nothing is stored
   */
  read(
    project: string,
    view: FeatureView,
    keys: readonly Uint8Array[],
    features: readonly string[],
  ): Promise<readonly (StoredRow | undefined)[]>;
  close(): Promise<void>;
}
