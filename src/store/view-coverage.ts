import type { FeatureView, Interval } from '../definitions/index.js';
import { type Coverage, coverage, historyStart, selectViews } from '../materialization/index.js';
import { CodedError } from '../shared/errors.js';
import { toDate } from '../shared/instant.js';

export interface CoverageOptions {
  /** names of feature views; undefined: every one that is enabled and served online */
  readonly views?: readonly string[] | undefined;
  /** default: where the view's history begins: at what is recorded, else its ttl ago, else 52 weeks ago */
  readonly from?: Date | string | undefined;
  /** default: now */
  readonly to?: Date | string | undefined;
}

export interface ViewCoverage extends Coverage {
  readonly view: string;
}

/**
 * What of a span of time is materialized, view by view.
 * @param views all of the project
 * @throws CodedError FEATURE_VIEW_NOT_FOUND, FEATURE_VIEW_NOT_ONLINE, TIME_INVALID, MATERIALIZATION_WINDOW
 */
export function viewCoverage(
  views: readonly FeatureView[],
  intervalsOf: (view: FeatureView) => readonly Interval[],
  now: Date,
  options: CoverageOptions,
): ViewCoverage[] {
  const to = toDate(options.to ?? now, 'to');
  return selectViews(views, options.views).map((view) => {
    const intervals = intervalsOf(view);
    const from =
      options.from === undefined ? historyStart(view, intervals, now).start : toDate(options.from, 'from');
    if (from > to) {
      throw new CodedError(
        'MATERIALIZATION_WINDOW',
        `feature view "${view.name}": from ${from.toISOString()} is after to ${to.toISOString()}; give a span that begins before it ends`,
      );
    }
    return { view: view.name, ...coverage(intervals, { from, to, now }) };
  });
}
