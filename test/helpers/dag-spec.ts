import { createHash } from 'node:crypto';
import { parseSchedule } from '../../scheduler/clock/parse-schedule.js';
import type { Schedule } from '../../scheduler/dag/index.js';
import type { DagSpec, TaskSpec } from '../../scheduler/dag/spec.js';

type TaskOptions = Partial<Omit<TaskSpec, 'taskId'>>;

/** A task with Airflow's defaults. */
export function taskSpec(taskId: string, options: TaskOptions = {}): TaskSpec {
  return {
    taskId,
    upstream: [],
    triggerRule: 'all_success',
    retries: 0,
    retryDelayMs: 0,
    retryBackoff: 'fixed',
    maxRetryDelayMs: 3_600_000,
    timeoutMs: null,
    dependsOnPast: false,
    priorityWeight: 1,
    maxActive: null,
    ...options,
  };
}

/** A DAG of `tasks` (in topological order); its version is the hash of the rest. */
export function dagSpec(
  dagId: string,
  tasks: readonly TaskSpec[],
  { schedule = null, ...options }: Partial<Omit<DagSpec, 'schedule'>> & { schedule?: Schedule } = {},
): DagSpec {
  const spec = {
    dagId,
    description: '',
    tags: [],
    file: `${dagId}.ts`,
    schedule: parseSchedule(schedule, 'test'),
    timeZone: 'UTC',
    startDate: schedule === null ? null : Date.UTC(2026, 10, 1),
    endDate: null,
    catchup: true,
    maxActiveRuns: 16,
    maxActiveTasks: 16,
    runTimeoutMs: null,
    pausedUponCreation: false,
    params: {},
    ...options,
    tasks,
  };
  return { ...spec, version: createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 12) };
}

/** Tasks one after the other. */
export function chain(taskIds: readonly string[], options: TaskOptions = {}): TaskSpec[] {
  return taskIds.map((id, i) => taskSpec(id, { ...options, upstream: i === 0 ? [] : [taskIds[i - 1]!] }));
}
