import { CodedError } from '../../src/shared/errors.js';

interface Node {
  readonly taskId: string;
  readonly upstream: readonly string[];
}

/**
 * The tasks in topological order: each after all its upstream tasks, otherwise as declared.
 * @throws CodedError DAG_CYCLE naming the circle, `a → b → a`
 */
export function orderTasks<Task extends Node>(tasks: readonly Task[], place: string): Task[] {
  const left = new Map(tasks.map((task) => [task.taskId, task]));
  const ordered: Task[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter((task) => !task.upstream.some((id) => left.has(id)));
    if (ready.length === 0) {
      throw new CodedError('DAG_CYCLE', `${place}: its tasks form a circle: ${findCircle(left).join(' → ')}`);
    }
    for (const task of ready) left.delete(task.taskId);
    ordered.push(...ready);
  }
  return ordered;
}

/** Every task left has an upstream task that is left, so walking up must come back to where it was. */
function findCircle(left: ReadonlyMap<string, Node>): string[] {
  const path: string[] = [];
  let id = left.keys().next().value as string;
  while (!path.includes(id)) {
    path.push(id);
    id = left.get(id)!.upstream.find((upstream) => left.has(upstream))!;
  }
  return [...path.slice(path.indexOf(id)), id].reverse();
}
