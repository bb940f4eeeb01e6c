import type { DagSpec } from '../dag/spec.js';

type Tasks = Pick<DagSpec, 'tasks'>;

/** The ids of all tasks before `taskId`, direct or not. */
export function ancestorsOf({ tasks }: Tasks, taskId: string): Set<string> {
  const wanted = new Set([taskId]);
  for (const task of tasks.toReversed()) {
    if (wanted.has(task.taskId)) for (const id of task.upstream) wanted.add(id);
  }
  wanted.delete(taskId);
  return wanted;
}

/** `taskIds` and the ids of all tasks after them, direct or not. */
export function withDescendants({ tasks }: Tasks, taskIds: Iterable<string>): Set<string> {
  const found = new Set(taskIds);
  for (const task of tasks) if (task.upstream.some((id) => found.has(id))) found.add(task.taskId);
  return found;
}
