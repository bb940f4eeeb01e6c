import { maskCredentials } from './credentials.js';
import type { ErrorCode } from './error-codes.js';

const BRAND = Symbol.for('feast-scheduler.CodedError');

/**
 * The one error class of this project.
 *
 * `code` is a key of the table in `error-codes.ts` (documented in docs/errors.md). `message` names the value,
 * the place, what was expected and what to do, with credentials masked; `cause` carries the error underneath, if any.
 */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly [BRAND] = true;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(maskCredentials(message), options);
    this.name = 'CodedError';
    this.code = code;
  }
}

/** Whether `error` is a CodedError, of this module copy or another (hence no instanceof); optionally of one code. */
export function isCodedError(error: unknown, code?: ErrorCode): error is CodedError {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return code === undefined || (error as CodedError).code === code;
}

/** The message of anything thrown: users throw strings too. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
