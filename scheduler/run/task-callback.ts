import type { CallbackKind } from '../dag/callbacks.js';
import type { OutcomePlan } from './plan-outcome.js';
import type { TaskPlan } from './plan-tasks.js';

/** The callback of a task that tells of the end of an attempt; null: none. */
export function taskCallback({ attempt, task }: OutcomePlan): CallbackKind | null {
  // somebody cleared or marked the task meanwhile
  if (attempt === 'cancelled') return null;
  if (task === 'success') return 'onSuccess';
  if (task === 'failed') return 'onFailure';
  return task === 'up_for_retry' ? 'onRetry' : null;
}

/** The callbacks of a DAG that tell of what happened in a run. */
export function dagCallbacks({
  run,
  deadlineMissed,
}: Pick<TaskPlan, 'run' | 'deadlineMissed'>): CallbackKind[] {
  const kinds: CallbackKind[] = deadlineMissed ? ['onDeadlineMissed'] : [];
  if (run !== 'running') kinds.push(run === 'success' ? 'onSuccess' : 'onFailure');
  return kinds;
}
