/** A task whose dependencies are met and that waits for a place. */
export interface Candidate {
  readonly key: number;
  readonly dagId: string;
  readonly taskId: string;
  /** of the version of its run */
  readonly maxActiveTasks: number;
  readonly maxActive: number | null;
  /** null: it takes slots of none */
  readonly pool: string | null;
  readonly poolSlots: number;
}

/**
 * How many attempts are active, by DAG and by task of a DAG (see taskName), and how many slots of each pool are
 * free. Counted up, and down, as places are given.
 */
export interface ActiveCounts {
  readonly freeSlots: Map<string, number>;
  readonly byDag: Map<string, number>;
  readonly byTask: Map<string, number>;
}

export interface StartPlan {
  /** the candidates that may start now, in their order */
  readonly start: readonly number[];
  /** DAGs and tasks that have no place left: more of them need not be looked at */
  readonly fullDags: readonly string[];
  readonly fullTasks: readonly (readonly [dagId: string, taskId: string])[];
  /** pools that held a candidate back, with the slots they have left */
  readonly fullPools: readonly (readonly [pool: string, left: number])[];
}

/** The key of a task in ActiveCounts.byTask. */
export function taskName(dagId: string, taskId: string): string {
  return JSON.stringify([dagId, taskId]);
}

function countUp(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/**
 * Gives free places to candidates in their order, within maxActiveTasks of each DAG, maxActive of each task
 * and the slots of each pool; a pool that does not exist has none. `active` is counted on, so that the next page of candidates can follow.
 */
export function planStarts(candidates: readonly Candidate[], active: ActiveCounts, free: number): StartPlan {
  const start: number[] = [];
  const fullDags = new Set<string>();
  const fullTasks = new Map<string, readonly [string, string]>();
  const fullPools = new Set<string>();
  const slotsLeft = (pool: string) => active.freeSlots.get(pool) ?? 0;
  for (const { key, dagId, taskId, maxActiveTasks, maxActive, pool, poolSlots } of candidates) {
    if (start.length === free) break;
    const name = taskName(dagId, taskId);
    if ((active.byDag.get(dagId) ?? 0) >= maxActiveTasks) {
      fullDags.add(dagId);
    } else if (maxActive !== null && (active.byTask.get(name) ?? 0) >= maxActive) {
      fullTasks.set(name, [dagId, taskId]);
    } else if (pool !== null && slotsLeft(pool) < poolSlots) {
      fullPools.add(pool);
    } else {
      if (pool !== null) active.freeSlots.set(pool, slotsLeft(pool) - poolSlots);
      countUp(active.byDag, dagId);
      countUp(active.byTask, name);
      start.push(key);
    }
  }
  return {
    start,
    fullDags: [...fullDags],
    fullTasks: [...fullTasks.values()],
    fullPools: [...fullPools].map((pool) => [pool, slotsLeft(pool)] as const),
  };
}
