import { CodedError } from '../../src/shared/errors.js';
import type { AttemptState, RunState, TaskState } from './states.js';

/**
 * What may follow on what. Every change of state that the scheduler makes goes through here; any other is a bug,
 * and an error. Only people may mark a run or a task as they like.
 */
const RUN: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['running', 'failed'],
  running: ['success', 'failed'],
  // clearing tasks opens a run again
  success: ['queued'],
  failed: ['queued'],
};

const TASK: Readonly<Record<TaskState, readonly TaskState[]>> = {
  none: ['scheduled', 'skipped', 'upstream_failed', 'removed'],
  scheduled: ['queued', 'none', 'skipped', 'removed'],
  // back to scheduled: the scheduler died or stopped before the attempt was over
  queued: ['running', 'success', 'failed', 'up_for_retry', 'scheduled', 'restarting'],
  running: [
    'success',
    'failed',
    'skipped',
    'up_for_retry',
    'up_for_reschedule',
    'deferred',
    'scheduled',
    'restarting',
  ],
  up_for_retry: ['scheduled', 'none', 'skipped', 'failed'],
  up_for_reschedule: ['scheduled', 'none', 'skipped', 'failed'],
  deferred: ['scheduled', 'none', 'skipped', 'failed'],
  restarting: ['none'],
  // restarting: it was marked while it ran, and cleared before the attempt was stopped
  success: ['none', 'restarting'],
  failed: ['none', 'restarting'],
  skipped: ['none', 'restarting'],
  upstream_failed: ['none', 'restarting'],
  removed: ['none', 'restarting'],
};

const ATTEMPT: Readonly<Record<AttemptState, readonly AttemptState[]>> = {
  running: ['success', 'failed', 'interrupted', 'cancelled'],
  success: [],
  failed: [],
  interrupted: [],
  cancelled: [],
};

function assertIn<State extends string>(
  table: Readonly<Record<State, readonly State[]>>,
  kind: string,
  from: State,
  to: State,
  what: string,
): void {
  if (table[from].includes(to)) return;
  throw new CodedError(
    'STATE_TRANSITION_IMPOSSIBLE',
    `${what}: ${kind} cannot go from ${from} to ${to}; from ${from} it goes to ${table[from].join(', ') || 'nothing'}`,
  );
}

/** @throws CodedError STATE_TRANSITION_IMPOSSIBLE */
export function assertRunTransition(from: RunState, to: RunState, what: string): void {
  assertIn(RUN, 'a run', from, to, what);
}

/** @throws CodedError STATE_TRANSITION_IMPOSSIBLE */
export function assertTaskTransition(from: TaskState, to: TaskState, what: string): void {
  assertIn(TASK, 'a task', from, to, what);
}

/** @throws CodedError STATE_TRANSITION_IMPOSSIBLE */
export function assertAttemptTransition(from: AttemptState, to: AttemptState, what: string): void {
  assertIn(ATTEMPT, 'an attempt', from, to, what);
}
