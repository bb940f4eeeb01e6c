import type { FeatureView, Interval } from '../definitions/index.js';
import { CodedError } from '../shared/errors.js';
import { toDate } from '../shared/instant.js';
import { coverage, earlier, historyStart, staleness } from './coverage.js';
import { cutIntoChunks } from './cut-into-chunks.js';
import { selectViews } from './select-views.js';

interface Selection {
  /** all views of the project */
  readonly views: readonly FeatureView[];
  /** the views to materialize; undefined: every view that is enabled and served online */
  readonly names?: readonly string[] | undefined;
  readonly now: Date;
  /** allows an end in the future, after which incremental runs would skip rows that arrive until then */
  readonly allowFutureEnd?: boolean;
  /** longest window that is read at once, in milliseconds; undefined: any */
  readonly chunkMs?: number | undefined;
  /** look for rows created within this time before now in what is recorded already; undefined: do not */
  readonly lateLookbackMs?: number | undefined;
  /** recorded intervals of a view, in any order */
  readonly intervalsOf: (view: FeatureView) => readonly Interval[];
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
}

/** What is missing between two times. */
export interface GapsRequest extends Selection {
  readonly kind: 'gaps';
  /** undefined: where the view's history begins */
  readonly start?: Date | string | undefined;
  /** undefined: now */
  readonly end?: Date | string | undefined;
}

export type MaterializationRequest = FullRequest | IncrementalRequest | GapsRequest;

export interface PlannedView {
  readonly view: FeatureView;
  /** all that was asked for */
  readonly interval: Interval;
  /** what is read of it, oldest first; each is recorded as it completes */
  readonly windows: readonly Interval[];
  /** why it starts there */
  readonly startsAt: 'given' | 'last_end' | 'first_start' | 'ttl' | 'default_lookback';
  /** where rows that came late are looked for: what was recorded before; undefined: nowhere */
  readonly late: { readonly createdAfter: Date; readonly windows: readonly Interval[] } | undefined;
}

export interface MaterializationPlan {
  readonly views: readonly PlannedView[];
  /** views of which nothing is missing */
  readonly upToDate: readonly FeatureView[];
}

/**
 * Which views are materialized, and over which windows. Times without a zone are UTC; windows hold both ends.
 * @throws CodedError MATERIALIZATION_WINDOW, TIME_INVALID, FEATURE_VIEW_NOT_FOUND, FEATURE_VIEW_NOT_ONLINE
 */
export function planMaterialization(request: MaterializationRequest): MaterializationPlan {
  const views = selectViews(request.views, request.names);
  const end = toDate(request.end ?? request.now, 'end');
  if (end > request.now && !request.allowFutureEnd) {
    throw new CodedError(
      'MATERIALIZATION_WINDOW',
      `end ${end.toISOString()} is in the future (now ${request.now.toISOString()}): rows that arrive until then would be taken for materialized; give an end up to now, or force it`,
    );
  }
  const plan = WINDOWS[request.kind](request as never, end);
  const planned: PlannedView[] = [];
  const upToDate: FeatureView[] = [];
  for (const view of views) {
    const { start, startsAt, missing } = plan(view);
    const windows = missing.flatMap((window) => cutIntoChunks(window, request.chunkMs));
    const late = lateRows(view, request);
    if (windows.length === 0 && late === undefined) upToDate.push(view);
    else planned.push({ view, interval: { start: earlier(start, end), end }, windows, startsAt, late });
  }
  return { views: planned, upToDate };
}

/** Late rows are told by their created time: a source without one has none. */
function lateRows(
  view: FeatureView,
  { intervalsOf, lateLookbackMs, now }: MaterializationRequest,
): PlannedView['late'] {
  const windows = intervalsOf(view);
  if (lateLookbackMs === undefined || windows.length === 0) return undefined;
  if (view.source.createdTimestampColumn === '') return undefined;
  return { createdAfter: new Date(now.getTime() - lateLookbackMs), windows };
}

interface ViewWindows {
  readonly start: Date;
  readonly startsAt: PlannedView['startsAt'];
  readonly missing: readonly Interval[];
}

/** What each kind of request reads of a view. */
const WINDOWS = {
  full(request: FullRequest, end: Date) {
    const start = toDate(request.start, 'start');
    mustNotBeAfter(start, end);
    return (): ViewWindows => ({ start, startsAt: 'given', missing: [{ start, end }] });
  },
  incremental({ intervalsOf, now }: IncrementalRequest, end: Date) {
    return (view: FeatureView): ViewWindows => {
      const intervals = intervalsOf(view);
      const { newestEnd } = staleness(intervals, now);
      const from =
        newestEnd === undefined
          ? historyStart(view, intervals, now)
          : ({ start: newestEnd, startsAt: 'last_end' } as const);
      return { ...from, missing: from.start < end ? [{ start: from.start, end }] : [] };
    };
  },
  gaps({ start, intervalsOf, now }: GapsRequest, end: Date) {
    const given = start === undefined ? undefined : toDate(start, 'start');
    if (given !== undefined) mustNotBeAfter(given, end);
    return (view: FeatureView): ViewWindows => {
      const intervals = intervalsOf(view);
      const from =
        given === undefined
          ? historyStart(view, intervals, now)
          : ({ start: given, startsAt: 'given' } as const);
      if (from.start > end) return { ...from, missing: [] };
      return { ...from, missing: coverage(intervals, { from: from.start, to: end, now }).gaps };
    };
  },
} as const;

function mustNotBeAfter(start: Date, end: Date): void {
  if (start <= end) return;
  throw new CodedError(
    'MATERIALIZATION_WINDOW',
    `start ${start.toISOString()} is after end ${end.toISOString()}; the start must come first`,
  );
}
