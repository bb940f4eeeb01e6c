import type { EncodedBatch } from '../encoded-batch.js';
import type { WriteResult } from '../online-store.js';

/** What write.worker.ts is started with. */
export interface WriterData {
  readonly path: string;
  readonly busyTimeout: number;
}

/** One batch for one table; answered in order. */
export interface WriteRequest {
  readonly table: string;
  readonly batch: EncodedBatch;
}

export type WriteAnswer =
  | { readonly kind: 'written'; readonly result: WriteResult }
  /** `code` is SQLite's, or the file system's */
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined };
