import type { TaskSpec } from '../dag/spec.js';
import { retryDelay } from './retry-delay.js';
import { type AttemptState, isFinished, type RunState, type TaskState } from './states.js';

/** How an attempt ended. `interrupted`: the scheduler went away from it; nobody knows how far it came. */
export type AttemptEnd =
  | { readonly kind: 'success' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly retryable: boolean };

/** What is known of the task and its run when the attempt ends. */
export interface EndedTask {
  readonly state: TaskState;
  /** attempts of it that failed since it was last cleared, without this one */
  readonly failures: number;
  readonly runState: RunState;
}

export interface OutcomePlan {
  readonly attempt: AttemptState;
  readonly task: TaskState;
  readonly failures: number;
  /** when the task is to be tried again; null unless it is up_for_retry */
  readonly retryAt: number | null;
}

/**
 * What the end of an attempt does to its task.
 *
 * An interruption goes back to `scheduled` and costs no retry: retries are for what the task does wrong, and a
 * scheduler that is restarted ten times during a long task must not fail it.
 * @param now the end of the attempt, milliseconds since the epoch
 * @param random a number in [0, 1), for the jitter of the retry delay
 */
export function planOutcome(
  task: EndedTask,
  spec: TaskSpec,
  end: AttemptEnd,
  now: number,
  random: number,
): OutcomePlan {
  const { failures } = task;
  // Somebody marked the task while it ran; that stands.
  if (isFinished(task.state)) return { attempt: 'cancelled', task: task.state, failures, retryAt: null };
  if (task.state === 'restarting') return { attempt: 'cancelled', task: 'none', failures, retryAt: null };
  if (end.kind === 'success') return { attempt: 'success', task: 'success', failures, retryAt: null };
  if (end.kind === 'interrupted') {
    // A run that is over (its time was up) takes up nothing again.
    const next = task.runState === 'running' ? 'scheduled' : 'failed';
    return { attempt: 'interrupted', task: next, failures, retryAt: null };
  }
  if (end.retryable && failures < spec.retries && task.runState === 'running') {
    const retryAt = now + retryDelay(spec, failures + 1, random);
    return { attempt: 'failed', task: 'up_for_retry', failures: failures + 1, retryAt };
  }
  return { attempt: 'failed', task: 'failed', failures: failures + 1, retryAt: null };
}
