import type { Duration } from '../../src/shared/duration.js';
import {
  type CallbackFunction,
  type Callbacks,
  callback,
  nameCallbacks,
  pickCallbacks,
} from './callbacks.js';
import {
  duration,
  durationOrNone,
  type OptionTable,
  oneOf,
  readOptions,
  text,
  wholeNumber,
  wholeNumberOfAnySign,
  yesOrNo,
} from './option.js';
import { type TaskSpec, TRIGGER_RULES, type TriggerRule } from './spec.js';

/** What a task can be given; a DAG's `defaults` hold the same for all its tasks. */
export interface TaskOptions {
  /** attempts after the first; default 0 */
  retries?: number;
  /** pause between the end of an attempt and the next; default 5 minutes, as in Airflow */
  retryDelay?: Duration;
  /** `exponential` doubles the pause with each retry, with jitter; default `fixed` */
  retryBackoff?: 'fixed' | 'exponential';
  /** where exponential pauses stop growing; default 24 hours */
  maxRetryDelay?: Duration;
  /** time limit of an attempt; default none */
  timeout?: Duration | null;
  /** which outcomes of the upstream tasks let this one run; default `all_success` */
  triggerRule?: TriggerRule;
  /** wait until the same task succeeded or was skipped in the previous scheduled run; default false */
  dependsOnPast?: boolean;
  /** of two tasks that could start, the heavier goes first; default 1 */
  priorityWeight?: number;
  /** attempts of this task at once, over all runs of the DAG; default no limit of its own */
  maxActive?: number;
  /** the pool that it takes slots of while it runs; default none */
  pool?: string;
  /** how many slots; default 1 */
  poolSlots?: number;
  /** called when the task succeeded, failed for good, or is to be tried again */
  onSuccess?: CallbackFunction;
  onFailure?: CallbackFunction;
  onRetry?: CallbackFunction;
}

/** A task's options, checked, in milliseconds. */
export type TaskSettings = Omit<TaskSpec, 'taskId' | 'upstream'>;

interface ReadTaskOptions {
  readonly retries: number;
  readonly retryDelay: number;
  readonly retryBackoff: 'fixed' | 'exponential';
  readonly maxRetryDelay: number;
  readonly timeout: number | null;
  readonly triggerRule: TriggerRule;
  readonly dependsOnPast: boolean;
  readonly priorityWeight: number;
  readonly maxActive: number | null;
  readonly pool: string | null;
  readonly poolSlots: number;
  readonly onSuccess: CallbackFunction | null;
  readonly onFailure: CallbackFunction | null;
  readonly onRetry: CallbackFunction | null;
}

const TASK_OPTIONS: OptionTable<ReadTaskOptions> = {
  retries: { check: wholeNumber(0), absent: 0 },
  retryDelay: { check: duration, absent: 300_000 },
  retryBackoff: { check: oneOf(['fixed', 'exponential']), absent: 'fixed' },
  maxRetryDelay: { check: duration, absent: 86_400_000 },
  timeout: { check: durationOrNone, absent: null },
  triggerRule: { check: oneOf(TRIGGER_RULES), absent: 'all_success' },
  dependsOnPast: { check: yesOrNo, absent: false },
  priorityWeight: { check: wholeNumberOfAnySign, absent: 1 },
  maxActive: { check: wholeNumber(1), absent: null },
  pool: { check: text, absent: null },
  poolSlots: { check: wholeNumber(1), absent: 1 },
  onSuccess: { check: callback, absent: null },
  onFailure: { check: callback, absent: null },
  onRetry: { check: callback, absent: null },
};

const TASK_CALLBACKS = ['onSuccess', 'onFailure', 'onRetry'] as const;

/** The callbacks among a task's options, once readTaskOptions took them. */
export function readTaskCallbacks(options: object): Callbacks {
  return pickCallbacks(options as Record<string, unknown>, TASK_CALLBACKS);
}

/**
 * A task's settings from its options.
 * @param place opens error messages: `dag "sales", task "load"`
 * @throws CodedError DAG_UNKNOWN_OPTION, DAG_INVALID, DURATION_INVALID
 */
export function readTaskOptions(options: unknown, place: string): TaskSettings {
  const read = readOptions(options, TASK_OPTIONS, place);
  const { retryDelay, maxRetryDelay, timeout, pool, poolSlots, onSuccess, onFailure, onRetry, ...same } =
    read;
  return Object.freeze({
    ...same,
    ...(pool !== null && { pool, poolSlots }),
    ...nameCallbacks(readTaskCallbacks({ onSuccess, onFailure, onRetry })),
    retryDelayMs: retryDelay,
    maxRetryDelayMs: maxRetryDelay,
    timeoutMs: timeout,
  });
}
