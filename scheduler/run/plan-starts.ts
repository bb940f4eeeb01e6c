/** A task whose dependencies are met and that waits for a place. */
export interface Candidate {
  readonly key: number;
  readonly dagId: string;
  readonly taskId: string;
  /** of the version of its run */
  readonly maxActiveTasks: number;
  readonly maxActive: number | null;
}

/** How many attempts are active, by DAG and by task of a DAG (see taskName). Counted up as places are given. */
export interface ActiveCounts {
  readonly byDag: Map<string, number>;
  readonly byTask: Map<string, number>;
}

export interface StartPlan {
  /** the candidates that may start now, in their order */
  readonly start: readonly number[];
  /** DAGs and tasks that have no place left: more of them need not be looked at */
  readonly fullDags: readonly string[];
  readonly fullTasks: readonly (readonly [dagId: string, taskId: string])[];
}

/** The key of a task in ActiveCounts.byTask. */
export function taskName(dagId: string, taskId: string): string {
  return JSON.stringify([dagId, taskId]);
}

function countUp(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/**
 * Gives free places to candidates in their order, within maxActiveTasks of each DAG and maxActive of each task.
 * `active` is counted up, so that the next page of candidates can follow.
 */
export function planStarts(candidates: readonly Candidate[], active: ActiveCounts, free: number): StartPlan {
  const start: number[] = [];
  const fullDags = new Set<string>();
  const fullTasks = new Map<string, readonly [string, string]>();
  for (const { key, dagId, taskId, maxActiveTasks, maxActive } of candidates) {
    if (start.length === free) break;
    const name = taskName(dagId, taskId);
    if ((active.byDag.get(dagId) ?? 0) >= maxActiveTasks) {
      fullDags.add(dagId);
    } else if (maxActive !== null && (active.byTask.get(name) ?? 0) >= maxActive) {
      fullTasks.set(name, [dagId, taskId]);
    } else {
      countUp(active.byDag, dagId);
      countUp(active.byTask, name);
      start.push(key);
    }
  }
  return { start, fullDags: [...fullDags], fullTasks: [...fullTasks.values()] };
}
