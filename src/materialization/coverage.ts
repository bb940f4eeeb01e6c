import type { FeatureView, Interval } from '../definitions/index.js';

/** Without ttl and history, an incremental materialization begins here. Feast: feature_store.py. */
const DEFAULT_LOOKBACK_MS = 52 * 7 * 86_400_000;

/** How a span of time is materialized: `covered` and `gaps` in order, disjoint, and together the whole span. */
export interface Coverage {
  readonly from: Date;
  readonly to: Date;
  readonly covered: readonly Interval[];
  readonly gaps: readonly Interval[];
  readonly coveredMs: number;
  readonly missingMs: number;
  /** of all that is recorded, also outside the span; undefined: nothing is */
  readonly newestEnd: Date | undefined;
  /** milliseconds from the newest end to now; undefined: nothing is recorded */
  readonly staleMs: number | undefined;
}

/**
 * What of a span is materialized, and what is not. A gap ends where its neighbours begin: its bounds are theirs.
 * @param intervals recorded, as a set: any order, overlaps allowed
 * @param span from ≤ to
 */
export function coverage(
  intervals: readonly Interval[],
  span: { readonly from: Date; readonly to: Date; readonly now: Date },
): Coverage {
  const { from, to, now } = span;
  const covered: { start: Date; end: Date }[] = [];
  for (const { start, end } of [...intervals].sort((a, b) => a.start.getTime() - b.start.getTime())) {
    if (end < from || start > to) continue;
    const clipped = { start: later(start, from), end: earlier(end, to) };
    const last = covered.at(-1);
    if (last === undefined || clipped.start > last.end) covered.push(clipped);
    else last.end = later(last.end, clipped.end);
  }
  const bounds = [from, ...covered.flatMap(({ start, end }) => [start, end]), to];
  const gaps: Interval[] = [];
  for (let i = 0; i < bounds.length; i += 2) {
    const [start, end] = [bounds[i]!, bounds[i + 1]!];
    if (start < end || covered.length === 0) gaps.push({ start, end });
  }
  return {
    from,
    to,
    covered,
    gaps,
    coveredMs: lengthOf(covered),
    missingMs: lengthOf(gaps),
    ...staleness(intervals, now),
  };
}

/** The newest recorded end, and how long ago that is; both undefined where nothing is recorded. */
export function staleness(
  intervals: readonly Interval[],
  now: Date,
): Pick<Coverage, 'newestEnd' | 'staleMs'> {
  if (intervals.length === 0) return { newestEnd: undefined, staleMs: undefined };
  const newestEnd = intervals.map(({ end }) => end).reduce(later);
  return { newestEnd, staleMs: Math.max(0, now.getTime() - newestEnd.getTime()) };
}

/** Where a view's history begins: at what is recorded, else at its ttl ago, else 52 weeks ago. */
export function historyStart(
  view: FeatureView,
  intervals: readonly Interval[],
  now: Date,
): { readonly start: Date; readonly startsAt: 'first_start' | 'ttl' | 'default_lookback' } {
  if (intervals.length > 0) {
    return { start: intervals.map(({ start }) => start).reduce(earlier), startsAt: 'first_start' };
  }
  if (view.ttl > 0) return { start: new Date(now.getTime() - view.ttl), startsAt: 'ttl' };
  return { start: new Date(now.getTime() - DEFAULT_LOOKBACK_MS), startsAt: 'default_lookback' };
}

const later = (a: Date, b: Date): Date => (a > b ? a : b);
export const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

function lengthOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { start, end }) => sum + end.getTime() - start.getTime(), 0);
}
