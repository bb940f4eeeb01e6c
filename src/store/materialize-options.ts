import type { MaterializationProgress, MaterializationResult } from '../materialization/index.js';

export type { MaterializationProgress, MaterializationResult };

export interface RunOptions {
  /** names of feature views; undefined: every one that is enabled and served online */
  readonly views?: readonly string[] | undefined;
  /** allow an end in the future */
  readonly force?: boolean | undefined;
  /** aborting it stops between two batches; no interval is recorded then */
  readonly signal?: AbortSignal | undefined;
  /** called after every batch */
  readonly onProgress?: ((progress: MaterializationProgress) => void) | undefined;
}

export interface MaterializeOptions extends RunOptions {
  /** both ends belong to the window; text without an offset is UTC */
  readonly start: Date | string;
  readonly end: Date | string;
}

export interface MaterializeIncrementalOptions extends RunOptions {
  /** default: now */
  readonly end?: Date | string | undefined;
}

/** JSON, but for the dates, which become texts. */
export interface MaterializeResult {
  readonly views: readonly MaterializationResult[];
  /** views whose recorded intervals reach the end already */
  readonly upToDate: readonly string[];
}
