import { pathToFileURL } from 'node:url';
import { CodedError } from '../../src/shared/errors.js';
import { didYouMean } from '../../src/shared/nearest.js';
import { type CallbackFunction, type CallbackKind, type Callbacks, pickCallbacks } from '../dag/callbacks.js';
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
  const dag = await loadDag(bundle, dagId);
  const task = dag.tasks.find((one) => one.taskId === taskId);
  if (task !== undefined) return { dag, task };
  const known = dag.tasks.map((one) => one.taskId);
  throw new CodedError(
    'TASK_NOT_FOUND',
    `dag "${dagId}" no longer has task "${taskId}".${didYouMean(taskId, known)}`,
  );
}

/**
 * Loads a bundle and finds a callback in it.
 * @param taskId empty: the DAG's own
 * @throws CodedError TASK_NOT_FOUND; whatever the DAG file throws
 */
export async function loadCallback(
  bundle: string,
  dagId: string,
  taskId: string,
  kind: CallbackKind,
): Promise<{ readonly dag: Dag; readonly run: CallbackFunction }> {
  const dag = await loadDag(bundle, dagId);
  const callbacks: Callbacks =
    taskId === ''
      ? pickCallbacks({ ...dag.settings }, [kind])
      : (await loadTask(bundle, dagId, taskId)).task.callbacks;
  const run = callbacks[kind];
  if (run !== undefined) return { dag, run };
  throw new CodedError('TASK_NOT_FOUND', `dag "${dagId}" no longer has ${kind} of ${taskId || 'its own'}.`);
}

async function loadDag(bundle: string, dagId: string): Promise<Dag> {
  const dags = await loadBundle(bundle);
  const dag = dags.find((one) => one.dagId === dagId);
  if (dag !== undefined) return dag;
  const known = dags.map((one) => one.dagId);
  throw new CodedError(
    'TASK_NOT_FOUND',
    `the DAG file no longer exports dag "${dagId}".${didYouMean(dagId, known)}`,
  );
}

export async function loadBundle(bundle: string): Promise<Dag[]> {
  return collectDags((await import(pathToFileURL(bundle).href)) as Record<string, unknown>);
}
