import type { DagSpec } from '../dag/spec.js';
import { withDescendants } from './lineage.js';
import type { TaskState } from './states.js';

/**
 * The tasks that branches and short circuits which have succeeded leave out. Airflow: SkipMixin.skip_all_except,
 * ShortCircuitOperator.
 * @param gates what they returned: the chosen task ids, or whether to go on. One that is missing was marked by
 * hand, and leaves out nothing.
 */
export function skippedByGates(
  spec: Pick<DagSpec, 'tasks'>,
  states: ReadonlyMap<string, TaskState>,
  gates: ReadonlyMap<string, unknown>,
): Set<string> {
  const skipped = new Set<string>();
  for (const { taskId, gate } of spec.tasks) {
    const value = gates.get(taskId);
    if (gate === undefined || value === undefined || states.get(taskId) !== 'success') continue;
    if (gate === 'branch') {
      const kept = withDescendants(spec, value as readonly string[]);
      for (const task of spec.tasks) {
        if (task.upstream.includes(taskId) && !kept.has(task.taskId)) skipped.add(task.taskId);
      }
    } else if (value === false) {
      for (const after of withDescendants(spec, [taskId])) if (after !== taskId) skipped.add(after);
    }
  }
  return skipped;
}
