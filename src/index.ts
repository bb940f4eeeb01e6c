/** `feast-scheduler`: definitions of a feature repository, and the feature store. */
export * from './definitions/index.js';
export type { ErrorCode } from './shared/error-codes.js';
export { CodedError, isCodedError } from './shared/errors.js';
export * from './store/feature-store.js';
