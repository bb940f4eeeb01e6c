import type { EncodedBatch } from './encoded-batch.js';
import type { WriteResult } from './online-store.js';

/** One batch for one target, which is what the store's thread needs to know besides; answered in order. */
export interface WriteRequest<Target> {
  readonly target: Target;
  readonly batch: EncodedBatch;
}

export type WriteAnswer =
  | { readonly kind: 'written'; readonly result: WriteResult }
  /** `code` is the driver's, or the file system's */
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined };
