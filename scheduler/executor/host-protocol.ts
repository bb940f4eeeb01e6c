import type { LogLevel } from '../../src/shared/logger.js';
import type { BreeExecutorSettings } from './bree-executor.js';
import type { AttemptEvent, AttemptRequest, StopReason } from './executor.js';

/** What the process that hosts the task workers is told. */
export type ToTaskHost =
  | { readonly kind: 'open'; readonly settings: BreeExecutorSettings }
  | { readonly kind: 'start'; readonly request: AttemptRequest }
  | { readonly kind: 'stop'; readonly attemptId: string; readonly reason: StopReason }
  /** stop everything, then exit */
  | { readonly kind: 'close' };

/** What it tells. */
export type FromTaskHost =
  | { readonly kind: 'event'; readonly event: AttemptEvent }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string };
