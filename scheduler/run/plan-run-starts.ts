import type { RunType } from '../dag/context.js';

/** A run that waits to be started. */
export interface QueuedRun {
  readonly key: number;
  readonly dagId: string;
  readonly type: RunType;
  readonly logicalDate: number;
  /** how many runs of its DAG may run at once */
  readonly limit: number;
}

/**
 * The queued runs to start, within each DAG's limit: live runs before backfills, older logical dates first.
 * @param running runs of each DAG that are running
 */
export function planRunStarts(queued: readonly QueuedRun[], running: ReadonlyMap<string, number>): number[] {
  const order = queued.toSorted(
    (a, b) =>
      Number(a.type === 'backfill') - Number(b.type === 'backfill') ||
      a.logicalDate - b.logicalDate ||
      a.key - b.key,
  );
  const counts = new Map(running);
  return order.flatMap(({ key, dagId, limit }) => {
    const active = counts.get(dagId) ?? 0;
    if (active >= limit) return [];
    counts.set(dagId, active + 1);
    return [key];
  });
}
