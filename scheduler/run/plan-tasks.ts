import type { DagSpec, TaskSpec } from '../dag/spec.js';
import { skippedByGates } from './gates.js';
import { isActive, isFinished, type RunState, type TaskState } from './states.js';
import { evaluateTriggerRule } from './trigger-rule.js';

/** A task of a run, as far as planning looks at it. */
export interface PlannedTask {
  readonly taskId: string;
  readonly state: TaskState;
  /** set while up_for_retry or up_for_reschedule */
  readonly retryAt: number | null;
}

export interface TaskPlanInput {
  readonly spec: Pick<DagSpec, 'tasks' | 'runTimeoutMs'>;
  /** when the run started, milliseconds since the epoch */
  readonly startedAt: number;
  /** when the run misses its deadline; null: it has none, or missed it before */
  readonly deadlineAt: number | null;
  readonly tasks: readonly PlannedTask[];
  /** task states of the DAG's previous scheduled run; null: there is none. Read for dependsOnPast only. */
  readonly previous: ReadonlyMap<string, TaskState> | null;
  /** what branches and short circuits returned; see skippedByGates */
  readonly gates: ReadonlyMap<string, unknown>;
  readonly now: number;
}

export interface TaskChange {
  readonly taskId: string;
  readonly from: TaskState;
  readonly to: TaskState;
}

export interface TaskPlan {
  readonly changes: readonly TaskChange[];
  readonly run: Extract<RunState, 'running' | 'success' | 'failed'>;
  /** the next instant at which time alone changes something (a retry, the run's time limit); null: none */
  readonly lookAt: number | null;
  /** the run was failed because its time was up */
  readonly timedOut: boolean;
  /** its deadline has passed, now for the first time */
  readonly deadlineMissed: boolean;
}

const earlier = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b));

/** Whether the task's own past holds it back: not done, or done without success, in the previous run. */
function heldByPast(task: TaskSpec, previous: ReadonlyMap<string, TaskState> | null): boolean {
  if (!task.dependsOnPast) return false;
  // A task that is new to the DAG has no past.
  const past = previous?.get(task.taskId);
  return past !== undefined && past !== 'success' && past !== 'skipped';
}

/** Airflow: a run fails if a leaf failed or is upstream_failed, and succeeds if all leaves did or were skipped. */
function outcomeOf(
  spec: Pick<DagSpec, 'tasks'>,
  states: ReadonlyMap<string, TaskState>,
): 'success' | 'failed' {
  const inner = new Set(spec.tasks.flatMap((task) => task.upstream));
  const failed = spec.tasks.some(({ taskId }) => {
    const state = states.get(taskId);
    return !inner.has(taskId) && (state === 'failed' || state === 'upstream_failed');
  });
  return failed ? 'failed' : 'success';
}

/** The run's time is up: what has not started never will; what runs is stopped by whoever runs it. */
function timeOut(tasks: readonly PlannedTask[], deadlineMissed: boolean): TaskPlan {
  const changes = tasks
    .filter(({ state }) => !isFinished(state) && !isActive(state))
    .map(({ taskId, state }): TaskChange => ({ taskId, from: state, to: 'skipped' }));
  return { changes, run: 'failed', lookAt: null, timedOut: true, deadlineMissed };
}

/**
 * What is to happen in a running run: which tasks may start (they become `scheduled`), which never will, whether
 * the run is over, and when time alone will change that. Pure; one pass settles all that follows from the states.
 */
export function planTasks(input: TaskPlanInput): TaskPlan {
  const { spec, startedAt, deadlineAt, tasks, previous, gates, now } = input;
  const deadlineMissed = deadlineAt !== null && deadlineAt <= now;
  const timeIsUp = spec.runTimeoutMs === null ? null : startedAt + spec.runTimeoutMs;
  const states = new Map(tasks.map((task) => [task.taskId, task.state]));
  const rows = new Map(tasks.map((task) => [task.taskId, task]));
  const changes: TaskChange[] = [];
  let lookAt = earlier(timeIsUp, deadlineMissed ? null : deadlineAt);
  const change = (taskId: string, from: TaskState, to: TaskState) => {
    changes.push({ taskId, from, to });
    states.set(taskId, to);
  };
  const skipped = skippedByGates(spec, states, gates);
  // In topological order, so that a skip reaches the last task in the same pass.
  for (const task of spec.tasks) {
    const row = rows.get(task.taskId);
    if (row === undefined) continue;
    if (row.state === 'none' && skipped.has(task.taskId)) {
      change(task.taskId, row.state, 'skipped');
    } else if (row.state === 'none') {
      const upstream = task.upstream.map((id) => states.get(id) ?? 'removed');
      const verdict = evaluateTriggerRule(task.triggerRule, upstream);
      if (verdict === 'wait') continue;
      if (verdict !== 'run') change(task.taskId, row.state, verdict);
      else if (!heldByPast(task, previous)) change(task.taskId, row.state, 'scheduled');
    } else if (row.state === 'up_for_retry' || row.state === 'up_for_reschedule') {
      if (row.retryAt === null || row.retryAt <= now) change(task.taskId, row.state, 'scheduled');
      else lookAt = earlier(lookAt, row.retryAt);
    }
  }
  if ([...states.values()].every(isFinished)) {
    return { changes, run: outcomeOf(spec, states), lookAt: null, timedOut: false, deadlineMissed };
  }
  if (timeIsUp !== null && timeIsUp <= now) return timeOut(tasks, deadlineMissed);
  return { changes, run: 'running', lookAt, timedOut: false, deadlineMissed };
}
