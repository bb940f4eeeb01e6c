import type { MaterializationProgress, MaterializationResult } from '../materialization/index.js';
import { CodedError, isCodedError } from '../shared/errors.js';

export type { MaterializationProgress, MaterializationResult };

export interface RunOptions {
  /** names of feature views; undefined: every one that is enabled and served online */
  readonly views?: readonly string[] | undefined;
  /** allow an end in the future */
  readonly force?: boolean | undefined;
  /** how many views are materialized at a time; default 1 */
  readonly parallelism?: number | undefined;
  /** aborting it stops between two batches; the interval under way is not recorded then */
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

/** A view that could not be materialized, and why. */
export interface ViewFailure {
  readonly view: string;
  /** undefined: an error of no code, most often of a driver */
  readonly code: string | undefined;
  readonly message: string;
}

/** JSON, but for the dates, which become texts. */
export interface MaterializeResult {
  readonly views: readonly MaterializationResult[];
  /** views whose recorded intervals reach the end already */
  readonly upToDate: readonly string[];
  readonly failures: readonly ViewFailure[];
}

/** MATERIALIZATION_FAILED: some views failed; `result` says which, and keeps what became of the others. */
export class MaterializationFailed extends CodedError {
  readonly result: MaterializeResult;

  /** @param cause the first failure */
  constructor(result: MaterializeResult, planned: number, cause: unknown) {
    const reasons = result.failures.map(
      ({ view, code, message }) => `${view}: ${message}${code === undefined ? '' : ` [${code}]`}`,
    );
    super(
      'MATERIALIZATION_FAILED',
      `${result.failures.length} of ${planned} feature views could not be materialized; their intervals stay open, so run them again once this is mended: ${reasons.join('; ')}`,
      { cause },
    );
    this.result = result;
  }
}

/** What the other views came to, where `error` is a MATERIALIZATION_FAILED; undefined for any other error. */
export function partialResultOf(error: unknown): MaterializeResult | undefined {
  return isCodedError(error, 'MATERIALIZATION_FAILED') ? (error as MaterializationFailed).result : undefined;
}
