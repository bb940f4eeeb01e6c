import type { FeatureView, Interval } from '../definitions/index.js';
import { CodedError } from '../shared/errors.js';
import { toDate } from '../shared/instant.js';
import { didYouMean } from '../shared/nearest.js';

/** Without ttl and history, an incremental materialization begins here. Feast: feature_store.py. */
const DEFAULT_LOOKBACK_MS = 52 * 7 * 86_400_000;

interface Selection {
  /** all views of the project */
  readonly views: readonly FeatureView[];
  /** the views to materialize; undefined: every view that is enabled and served online */
  readonly names?: readonly string[] | undefined;
  readonly now: Date;
  /** allows an end in the future, after which incremental runs would skip rows that arrive until then */
  readonly allowFutureEnd?: boolean;
}

export interface FullRequest extends Selection {
  readonly kind: 'full';
  readonly start: Date | string;
  readonly end: Date | string;
}

export interface IncrementalRequest extends Selection {
  readonly kind: 'incremental';
  /** undefined: now */
  readonly end?: Date | string | undefined;
  /** recorded intervals of a view, in any order */
  readonly intervalsOf: (view: FeatureView) => readonly Interval[];
}

export interface PlannedView {
  readonly view: FeatureView;
  readonly interval: Interval;
  /** why it starts there */
  readonly startsAt: 'given' | 'last_end' | 'ttl' | 'default_lookback';
}

export interface MaterializationPlan {
  readonly views: readonly PlannedView[];
  /** views whose newest recorded interval already reaches the end */
  readonly upToDate: readonly FeatureView[];
}

/**
 * Which views are materialized, and over which window. Times without a zone are UTC; windows hold both ends.
 * @throws CodedError MATERIALIZATION_WINDOW, TIME_INVALID, FEATURE_VIEW_NOT_FOUND, FEATURE_VIEW_NOT_ONLINE
 */
export function planMaterialization(request: FullRequest | IncrementalRequest): MaterializationPlan {
  const views = selectViews(request.views, request.names);
  const end = toDate(request.end ?? request.now, 'end');
  if (end > request.now && !request.allowFutureEnd) {
    throw new CodedError(
      'MATERIALIZATION_WINDOW',
      `end ${end.toISOString()} is in the future (now ${request.now.toISOString()}): rows that arrive until then would be taken for materialized; give an end up to now, or force it`,
    );
  }
  if (request.kind === 'full') {
    const start = toDate(request.start, 'start');
    if (start > end) {
      throw new CodedError(
        'MATERIALIZATION_WINDOW',
        `start ${start.toISOString()} is after end ${end.toISOString()}; the start must come first`,
      );
    }
    return {
      views: views.map((view) => ({ view, interval: { start, end }, startsAt: 'given' })),
      upToDate: [],
    };
  }

  const planned: PlannedView[] = [];
  const upToDate: FeatureView[] = [];
  for (const view of views) {
    const { start, startsAt } = incrementalStart(view, request.intervalsOf(view), request.now);
    if (start < end) planned.push({ view, interval: { start, end }, startsAt });
    else upToDate.push(view);
  }
  return { views: planned, upToDate };
}

function incrementalStart(
  view: FeatureView,
  intervals: readonly Interval[],
  now: Date,
): { start: Date; startsAt: PlannedView['startsAt'] } {
  if (intervals.length > 0) {
    const last = Math.max(...intervals.map((interval) => interval.end.getTime()));
    return { start: new Date(last), startsAt: 'last_end' };
  }
  if (view.ttl > 0) return { start: new Date(now.getTime() - view.ttl), startsAt: 'ttl' };
  return { start: new Date(now.getTime() - DEFAULT_LOOKBACK_MS), startsAt: 'default_lookback' };
}

function selectViews(
  views: readonly FeatureView[],
  names: readonly string[] | undefined,
): readonly FeatureView[] {
  if (names === undefined) return views.filter((view) => view.online && view.enabled);
  return [...new Set(names)].map((name) => {
    const view = views.find((candidate) => candidate.name === name);
    if (view === undefined) {
      const known = views.map((candidate) => candidate.name);
      throw new CodedError(
        'FEATURE_VIEW_NOT_FOUND',
        `there is no feature view "${name}".${didYouMean(name, known)}`,
      );
    }
    if (!view.enabled || !view.online) {
      const why = view.enabled ? 'is not served online (online: false)' : 'is disabled';
      throw new CodedError(
        'FEATURE_VIEW_NOT_ONLINE',
        `feature view "${name}" ${why}, so it cannot be materialized; change its definition and apply, or leave it out`,
      );
    }
    return view;
  });
}
