import { type FeatureView, freshnessOf, type Interval } from '../definitions/index.js';
import { staleness } from './coverage.js';

/** A view is about to be in breach when less than this part of its objective is left. */
const WARNING_PART = 0.2;

/** A view with a freshness objective, and how it stands. */
export interface ViewFreshness {
  readonly view: string;
  readonly status: 'ok' | 'due' | 'breach';
  /** how old the newest end may become, in milliseconds */
  readonly objectiveMs: number;
  /** end of the newest materialized interval; undefined: never materialized, which is a breach */
  readonly newestEnd: Date | undefined;
  /** milliseconds from there to now */
  readonly staleMs: number | undefined;
}

/**
 * How the views that have a freshness objective stand against it: in breach when the newest materialized end is
 * older than the objective, due when less than a fifth of it is left. Views that are not materialized are left out.
 * @throws CodedError DURATION_INVALID
 */
export function assessFreshness(
  views: readonly FeatureView[],
  intervalsOf: (view: FeatureView) => readonly Interval[],
  now: Date,
): ViewFreshness[] {
  return views.flatMap((view): ViewFreshness[] => {
    const objectiveMs = freshnessOf(view);
    if (objectiveMs === undefined || !view.online || !view.enabled) return [];
    const { newestEnd, staleMs } = staleness(intervalsOf(view), now);
    const status =
      staleMs === undefined || staleMs > objectiveMs
        ? 'breach'
        : staleMs > objectiveMs * (1 - WARNING_PART)
          ? 'due'
          : 'ok';
    return [{ view: view.name, status, objectiveMs, newestEnd, staleMs }];
  });
}
