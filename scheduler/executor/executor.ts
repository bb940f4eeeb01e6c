import type { CallbackContext, CallbackKind } from '../dag/callbacks.js';
import type { Progress, RunType } from '../dag/context.js';

/** All that a worker needs to run one attempt of one task; plain data, crosses threads. */
export interface AttemptRequest {
  /** unique over all time; the attempt's lease */
  readonly attemptId: string;
  readonly dagId: string;
  /** of a callback of the DAG: empty */
  readonly taskId: string;
  /** a callback of the task, or of the DAG, is to be called, not the task; absent: the task */
  readonly callback?: { readonly kind: CallbackKind; readonly error: CallbackContext['error'] };
  readonly runId: string;
  readonly runType: RunType;
  /** 1 for the first */
  readonly attempt: number;
  /** milliseconds since the epoch */
  readonly logicalDate: number;
  readonly intervalStart: number;
  readonly intervalEnd: number;
  readonly params: Readonly<Record<string, unknown>>;
  /** JSON values that upstream tasks of the run returned, by task id */
  readonly xcom: Readonly<Record<string, unknown>>;
  /** absolute path of the bundled DAG file; its name changes with its content */
  readonly bundle: string;
  /** null: no limit */
  readonly timeoutMs: number | null;
  /** absolute path; the worker appends what the task prints */
  readonly logFile: string;
}

/** How an attempt ended. `value` is JSON text, or undefined where the task returned nothing. */
export type AttemptOutcome =
  | { readonly kind: 'success'; readonly value: string | undefined }
  | { readonly kind: 'failed'; readonly error: AttemptError; readonly retryable: boolean };

export interface AttemptError {
  /** a code of error-codes.ts where the failure is one the scheduler knows, or the error's own code */
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

export type AttemptEvent =
  | { readonly kind: 'started'; readonly attemptId: string }
  | { readonly kind: 'progress'; readonly attemptId: string; readonly progress: Progress }
  /** exactly one for each request */
  | { readonly kind: 'finished'; readonly attemptId: string; readonly outcome: AttemptOutcome };

export type StopReason = 'timeout' | 'cancelled' | 'shutdown';

/**
 * Runs attempts somewhere else than on the scheduler's main thread. Every executor passes
 * test/contracts/executor.ts.
 */
export interface Executor {
  /** how many attempts it runs at once */
  readonly capacity: number;
  /** attempts started and not finished */
  readonly running: number;
  /** must not be called when `running === capacity` */
  start(request: AttemptRequest): void;
  /**
   * Stops an attempt: its signal is aborted, and after a grace time its worker is terminated. Its `finished`
   * event (failed) follows. An unknown id is ignored: it may have just finished.
   */
  stop(attemptId: string, reason: StopReason): void;
  /** one listener; called on the scheduler's thread */
  onEvent(listener: (event: AttemptEvent) => void): void;
  /** stops every attempt (reason shutdown) and frees all workers; resolves when no worker is left */
  close(): Promise<void>;
}
