/**
 * Materialized time as a set: a list of intervals means their union. Bounds are microseconds since the epoch, so
 * that nothing is lost of what Python wrote.
 */
export interface MicroInterval {
  readonly start: bigint;
  readonly end: bigint;
}

/** The same set as disjoint intervals in order of time; those that overlap or touch become one. */
export function mergeIntervals(intervals: readonly MicroInterval[]): MicroInterval[] {
  const sorted = [...intervals].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const merged: MicroInterval[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last === undefined || next.start > last.end) merged.push(next);
    else if (next.end > last.end) merged[merged.length - 1] = { start: last.start, end: next.end };
  }
  return merged;
}

/** Whether the whole of `interval` lies in the set. */
export function covers(intervals: readonly MicroInterval[], interval: MicroInterval): boolean {
  return mergeIntervals(intervals).some(({ start, end }) => start <= interval.start && interval.end <= end);
}
