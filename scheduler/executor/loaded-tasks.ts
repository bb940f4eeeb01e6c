import { pathToFileURL } from 'node:url';
import { CodedError } from '../../src/shared/errors.js';
import { didYouMean } from '../../src/shared/nearest.js';
import { collectDags, type Dag, type DagTask } from '../dag/dag-object.js';

/** A task in the thread that will run it, with the DAG it belongs to. */
export interface LoadedTask {
  readonly dag: Dag;
  readonly task: DagTask;
}

/**
 * Loads a bundle, once a thread (Node caches modules), and finds a task in it.
 * @throws CodedError TASK_NOT_FOUND; whatever the DAG file throws
 */
export async function loadTask(bundle: string, dagId: string, taskId: string): Promise<LoadedTask> {
  const dags = await loadBundle(bundle);
  const dag = dags.find((one) => one.dagId === dagId);
  if (dag === undefined) {
    const known = dags.map((one) => one.dagId);
    throw new CodedError(
      'TASK_NOT_FOUND',
      `the DAG file no longer exports dag "${dagId}".${didYouMean(dagId, known)}`,
    );
  }
  const task = dag.tasks.find((one) => one.taskId === taskId);
  if (task === undefined) {
    const known = dag.tasks.map((one) => one.taskId);
    throw new CodedError(
      'TASK_NOT_FOUND',
      `dag "${dagId}" no longer has task "${taskId}".${didYouMean(taskId, known)}`,
    );
  }
  return { dag, task };
}

export async function loadBundle(bundle: string): Promise<Dag[]> {
  return collectDags((await import(pathToFileURL(bundle).href)) as Record<string, unknown>);
}
