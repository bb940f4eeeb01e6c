import type { FeatureView } from '../definitions/index.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';

/**
 * The views that a materialization is about: those named, each once, else every view that is enabled and served online.
 * @throws CodedError FEATURE_VIEW_NOT_FOUND, FEATURE_VIEW_NOT_ONLINE
 */
export function selectViews(
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
