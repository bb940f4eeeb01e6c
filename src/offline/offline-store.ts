import type { DataSource, FeastType, Field } from '../definitions/index.js';
import type { ColumnBatch } from './column-batch.js';

/** A column of a data source, as inference and validation see it. */
export interface SourceColumn {
  readonly name: string;
  /** undefined where the source's type has no Feast type */
  readonly type: FeastType | undefined;
  /** the store's own name of the type, for messages: `DECIMAL(10,2)` */
  readonly nativeType: string;
  readonly isTimestamp: boolean;
}

/** The latest row of each entity within a window. */
export interface LatestRowsRequest {
  readonly source: DataSource;
  /** join keys, each with the type its values are encoded with; names after field mapping */
  readonly joinKeys: readonly Field[];
  /** features, names after field mapping; values arrive as this type or the request fails */
  readonly features: readonly Field[];
  /** inclusive at both ends, as Feast's */
  readonly start: Date;
  readonly end: Date;
  /** only rows created at this time or later: the latest of these an entity; the source must have a created time */
  readonly createdAfter?: Date;
  readonly signal?: AbortSignal;
}

/** What a scan saw, complete once its batches have been read to the end. */
export interface ScanStatistics {
  /** rows in the window, of those asked for by created time */
  rowsRead: number;
  /** rows left out because a join key was null */
  nullKeyRows: number;
}

export interface LatestRows {
  /** columns in order: join keys, features, then event time and created time (microseconds, BigInt64Array) */
  readonly batches: AsyncIterable<ColumnBatch>;
  readonly statistics: ScanStatistics;
}

/**
 * Where feature rows lie. One backend implements it for the sources it can read; every backend passes
 * test/contracts/offline-store.ts.
 *
 * Rule of the latest row: greatest event time, then greatest created time (a null is least), then the row that
 * comes last in the source's own order. Historical retrieval follows the same rule.
 *
 * Rows arrive in ascending order of their serialized entity keys: B-tree stores append them several times faster.
 */
export interface OfflineStore {
  readonly name: string;
  /** @throws CodedError SOURCE_NOT_FOUND, SOURCE_UNREADABLE, SOURCE_UNSUPPORTED */
  describe(source: DataSource): Promise<readonly SourceColumn[]>;
  /** @throws CodedError also SOURCE_COLUMN_MISSING, SOURCE_COLUMN_TYPE; while batches are read SOURCE_VALUE_INVALID, MATERIALIZATION_ABORTED */
  latestRows(request: LatestRowsRequest): Promise<LatestRows>;
  close(): Promise<void>;
}
