import type { TaskSpec } from '../dag/spec.js';

/**
 * How long a task waits for its next attempt, in milliseconds, counted from the end of the one that failed.
 * Exponential: doubled with each failure, then stretched by up to as much again, so that tasks that failed
 * together do not come back together; at most maxRetryDelayMs. Airflow: TaskInstance.next_retry_datetime.
 * @param failures attempts that failed so far, at least 1
 * @param random a number in [0, 1)
 */
export function retryDelay(
  task: Pick<TaskSpec, 'retryDelayMs' | 'retryBackoff' | 'maxRetryDelayMs'>,
  failures: number,
  random: number,
): number {
  if (task.retryBackoff === 'fixed') return task.retryDelayMs;
  const doubled = task.retryDelayMs * 2 ** (failures - 1);
  return Math.min(task.maxRetryDelayMs, Math.round(doubled * (1 + random)));
}
