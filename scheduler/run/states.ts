/** The words for how far a run, a task and an attempt have come: Airflow's (DagRunState, TaskInstanceState). */

export const RUN_STATES = ['queued', 'running', 'success', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

export const TASK_STATES = [
  'none',
  'scheduled',
  'queued',
  'running',
  'success',
  'failed',
  'skipped',
  'upstream_failed',
  'up_for_retry',
  'up_for_reschedule',
  'deferred',
  'restarting',
  'removed',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** `interrupted`: its scheduler died or stopped; `cancelled`: someone cleared the task while it ran. */
export const ATTEMPT_STATES = ['running', 'success', 'failed', 'interrupted', 'cancelled'] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

const FINISHED: ReadonlySet<TaskState> = new Set([
  'success',
  'failed',
  'skipped',
  'upstream_failed',
  'removed',
]);

const ACTIVE: ReadonlySet<TaskState> = new Set(['queued', 'running', 'restarting']);

/** Whether nothing more happens to a task by itself. */
export function isFinished(state: TaskState): boolean {
  return FINISHED.has(state);
}

/** Whether an executor holds, or is about to hold, an attempt of the task. */
export function isActive(state: TaskState): boolean {
  return ACTIVE.has(state);
}

/** Whether nothing more happens to a run by itself. */
export function isRunFinished(state: RunState): boolean {
  return state === 'success' || state === 'failed';
}
