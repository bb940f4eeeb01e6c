import { CodedError } from '../../src/shared/errors.js';
import { didYouMean } from '../../src/shared/nearest.js';
import type { Dag, DagTask } from '../dag/dag-object.js';
import { show } from '../dag/option.js';

/**
 * What a task returned, as the scheduler reads it: of a branch the list of chosen task ids, of a short circuit
 * whether to go on; of any other task as it is.
 * @throws CodedError BRANCH_INVALID where a branch chose what does not come directly after it
 */
export function readGateResult(dag: Dag, { taskId, settings }: DagTask, value: unknown): unknown {
  if (settings.gate === undefined) return value;
  if (settings.gate === 'short_circuit') return Boolean(value);
  const chosen: unknown[] = Array.isArray(value)
    ? value
    : value === undefined || value === null
      ? []
      : [value];
  const after = dag.tasks.filter((one) => one.upstream.includes(taskId)).map((one) => one.taskId);
  const wrong = chosen.find((id) => !after.includes(id as string));
  if (wrong === undefined) return chosen;
  const hint = didYouMean(String(wrong), after) || ` It can choose ${after.join(', ') || 'nothing'}.`;
  throw new CodedError(
    'BRANCH_INVALID',
    `the branch "${taskId}" chose ${show(wrong)}, which is not a task directly after it.${hint}`,
  );
}
