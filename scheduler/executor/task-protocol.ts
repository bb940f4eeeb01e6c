import type { Progress } from '../dag/context.js';
import type { AttemptOutcome, AttemptRequest, StopReason } from './executor.js';

/** What a task worker is told. It runs one attempt at a time. */
export type ToTaskWorker =
  | { readonly kind: 'run'; readonly request: AttemptRequest }
  /** aborts the signal of the attempt that runs, if it is still this one */
  | { readonly kind: 'stop'; readonly attemptId: string; readonly reason: StopReason }
  /** loads a bundle before a task of it is asked for */
  | { readonly kind: 'preload'; readonly bundle: string }
  /** end once nothing is under way any more: to terminate a thread in native code can abort the process */
  | { readonly kind: 'retire' };

/** What a task worker tells. */
export type FromTaskWorker =
  | { readonly kind: 'started'; readonly attemptId: string }
  | { readonly kind: 'progress'; readonly attemptId: string; readonly progress: Progress }
  | {
      readonly kind: 'finished';
      readonly attemptId: string;
      readonly outcome: AttemptOutcome;
      /** bytes of JavaScript heap in use */
      readonly heapBytes: number;
      /** the attempt left the worker in a state that no other should run in */
      readonly spent: boolean;
    }
  /** something went wrong that is no attempt's outcome, for the scheduler's log */
  | { readonly kind: 'trouble'; readonly message: string };
