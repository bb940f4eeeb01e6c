import { CodedError } from '../../src/shared/errors.js';
import type { TaskFunction } from './context.js';
import type { DagTask } from './dag-object.js';
import { invalidOption, show } from './option.js';
import { orderTasks } from './order.js';
import type { Gate } from './spec.js';
import { readTaskCallbacks, readTaskOptions, type TaskOptions } from './task-options.js';

/** A task while its DAG is being built: says what it comes before and after. */
export interface TaskHandle {
  readonly kind: 'task';
  readonly taskId: string;
  /** these tasks run after this one; returns this handle, so that calls chain */
  before(...tasks: TaskList): TaskHandle;
  /** these tasks run before this one; returns this handle, so that calls chain */
  after(...tasks: TaskList): TaskHandle;
}

/** Tasks, alone or in lists. */
export type TaskList = readonly (TaskHandle | readonly TaskHandle[])[];

/** What the function that declares a DAG's tasks is handed. */
export interface DagBuilder {
  /**
   * Declares a task.
   * @throws CodedError DAG_DUPLICATE_TASK, DAG_INVALID, DAG_UNKNOWN_OPTION, DURATION_INVALID
   */
  task(taskId: string, run: TaskFunction): TaskHandle;
  task(taskId: string, options: TaskOptions, run: TaskFunction): TaskHandle;
  /**
   * Declares a task that chooses: it returns the id, or a list of ids, of tasks directly after it; the others
   * directly after it are skipped, but for those that come after a chosen one, too.
   * @throws CodedError as task
   */
  branch(taskId: string, run: TaskFunction): TaskHandle;
  branch(taskId: string, options: TaskOptions, run: TaskFunction): TaskHandle;
  /**
   * Declares a task that may end the matter: where it returns a falsy value, all tasks after it are skipped,
   * direct or not, whatever their trigger rules.
   * @throws CodedError as task
   */
  shortCircuit(taskId: string, run: TaskFunction): TaskHandle;
  shortCircuit(taskId: string, options: TaskOptions, run: TaskFunction): TaskHandle;
}

/** Airflow: airflow/utils/helpers.py KEY_REGEX, 250 characters of letters, digits, dashes, dots and underscores. */
export function checkId(id: unknown, place: string): string {
  if (typeof id === 'string' && /^[\w.-]{1,250}$/.test(id)) return id;
  throw invalidOption(id, place, 'an id: 1 to 250 letters, digits, underscores, dashes and dots');
}

interface Declared {
  readonly handle: TaskHandle;
  readonly upstream: Set<string>;
  readonly settings: DagTask['settings'];
  readonly callbacks: DagTask['callbacks'];
  readonly run: TaskFunction;
}

/**
 * Runs `build` and gives the tasks it declared, in topological order.
 * @param place opens error messages: `dag "sales"`
 * @throws CodedError DAG_CYCLE, DAG_DUPLICATE_TASK, DAG_INVALID, DAG_UNKNOWN_OPTION, DURATION_INVALID
 */
export function buildTasks(
  build: (builder: DagBuilder) => unknown,
  defaults: Readonly<Record<string, unknown>>,
  place: string,
): DagTask[] {
  const declared = new Map<string, Declared>();
  // said here, where the line of the mistake is the DAG's, not the first task's
  readTaskOptions(defaults, `${place}, defaults`);

  const own = (task: TaskHandle, taskPlace: string): Declared => {
    const entry = declared.get(task?.taskId);
    if (entry?.handle === task) return entry;
    throw invalidOption(task?.kind === 'task' ? task.taskId : task, taskPlace, `a task of ${place}`);
  };
  const link = (from: TaskHandle, to: TaskHandle, taskPlace: string): void => {
    own(to, taskPlace).upstream.add(own(from, taskPlace).handle.taskId);
  };

  const declare = (gate: Gate | undefined, taskId: string, rest: [unknown, unknown?]): TaskHandle => {
    const id = checkId(taskId, `${place}, task id`);
    const taskPlace = `${place}, task "${id}"`;
    const [options, run] = rest.length > 1 ? rest : [{}, rest[0]];
    if (typeof run !== 'function') {
      throw invalidOption(run, taskPlace, 'a function; write task("id", async (context) => { … })');
    }
    if (declared.has(id))
      throw new CodedError('DAG_DUPLICATE_TASK', `${place}: two tasks have the id "${id}"`);
    const all = { ...defaults, ...checkOptions(options, taskPlace) };
    const settings = { ...readTaskOptions(all, taskPlace), ...(gate !== undefined && { gate }) };
    const handle: TaskHandle = Object.freeze({
      kind: 'task',
      taskId: id,
      before(...tasks: TaskList) {
        for (const other of tasks.flat()) link(handle, other, `${taskPlace}, before`);
        return handle;
      },
      after(...tasks: TaskList) {
        for (const other of tasks.flat()) link(other, handle, `${taskPlace}, after`);
        return handle;
      },
    });
    const callbacks = readTaskCallbacks(all);
    declared.set(id, { handle, upstream: new Set(), settings, callbacks, run: run as TaskFunction });
    return handle;
  };

  const returned = build({
    task: (taskId: string, ...rest: [unknown, unknown?]) => declare(undefined, taskId, rest),
    branch: (taskId: string, ...rest: [unknown, unknown?]) => declare('branch', taskId, rest),
    shortCircuit: (taskId: string, ...rest: [unknown, unknown?]) => declare('short_circuit', taskId, rest),
  });
  if (typeof (returned as PromiseLike<unknown> | undefined)?.then === 'function') {
    throw new CodedError(
      'DAG_INVALID',
      `${place}: the function that declares its tasks must not be async; await before calling dag(…)`,
    );
  }
  if (declared.size === 0) {
    throw new CodedError(
      'DAG_INVALID',
      `${place}: has no task; declare one with task("id", async () => { … })`,
    );
  }
  const tasks = [...declared].map(([taskId, { upstream, ...rest }]) =>
    Object.freeze({
      taskId,
      upstream: Object.freeze([...upstream].sort()),
      settings: rest.settings,
      callbacks: rest.callbacks,
      run: rest.run,
    }),
  );
  return orderTasks(tasks, place);
}

function checkOptions(options: unknown, place: string): object {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options;
  throw new CodedError('DAG_INVALID', `${place}, options: ${show(options)} is not an object of task options`);
}
