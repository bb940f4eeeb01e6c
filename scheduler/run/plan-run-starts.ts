/** A run that waits to be started. */
export interface QueuedRun {
  readonly key: number;
  /** whose limit it counts against; see liveLane and backfillLane */
  readonly lane: string;
  /** how many runs of its lane may run at once */
  readonly limit: number;
  readonly backfill: boolean;
  /** smaller first: its logical date, or minus that in a backfill that goes backwards */
  readonly order: number;
}

/** The lane of a DAG's scheduled and manual runs. */
export function liveLane(dagId: string): string {
  return `dag ${dagId}`;
}

/** The lane of the runs of one backfill, which has a limit of its own. */
export function backfillLane(key: number): string {
  return `backfill ${key}`;
}

/**
 * The queued runs to start, within the limit of each lane: live runs before backfills, in their order.
 * @param running runs of each lane that are running
 */
export function planRunStarts(queued: readonly QueuedRun[], running: ReadonlyMap<string, number>): number[] {
  const order = queued.toSorted(
    (a, b) => Number(a.backfill) - Number(b.backfill) || a.order - b.order || a.key - b.key,
  );
  const counts = new Map(running);
  return order.flatMap(({ key, lane, limit }) => {
    const active = counts.get(lane) ?? 0;
    if (active >= limit) return [];
    counts.set(lane, active + 1);
    return [key];
  });
}
