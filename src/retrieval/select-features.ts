import type { FeatureView, FeatureViewProjection, Field } from '../definitions/index.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';

/** One feature that was asked for. */
export interface SelectedFeature {
  readonly view: FeatureView;
  readonly feature: Field;
  /** name of the view in full feature names: its alias, if the service gave one */
  readonly viewName: string;
  /** join key of the view → name in the entity rows, where they differ */
  readonly joinKeyMap: Readonly<Record<string, string>>;
}

/**
 * Resolves feature references, `view:feature`, in the order given.
 * @throws CodedError FEATURE_REFERENCE_INVALID, FEATURE_VIEW_NOT_FOUND, FEATURE_NOT_FOUND, FEATURE_VIEW_NOT_ONLINE
 */
export function selectByReference(
  references: readonly string[],
  views: readonly FeatureView[],
): SelectedFeature[] {
  return references.map((reference) => {
    const parts = reference.split(':');
    const [viewName, featureName] = parts;
    if (parts.length !== 2 || !viewName || !featureName || viewName.includes('@')) {
      throw new CodedError(
        'FEATURE_REFERENCE_INVALID',
        `"${reference}" is no feature reference; expected view:feature (versions, view@v1:feature, are not supported)`,
      );
    }
    const view = findView(viewName, views);
    return { view, feature: findFeature(view, featureName), viewName, joinKeyMap: {} };
  });
}

/**
 * The features of a service, in the order of its projections.
 * @throws CodedError FEATURE_VIEW_NOT_FOUND, FEATURE_NOT_FOUND, FEATURE_VIEW_NOT_ONLINE
 */
export function selectByProjection(
  projections: readonly FeatureViewProjection[],
  views: readonly FeatureView[],
): SelectedFeature[] {
  return projections.flatMap((projection) => {
    const view = findView(projection.viewName, views);
    const names =
      projection.features?.map((feature) => feature.name) ??
      projection.featureNames ??
      view.features.map((feature) => feature.name);
    return names.map((name) => ({
      view,
      feature: findFeature(view, name),
      viewName: projection.alias === '' ? view.name : projection.alias,
      joinKeyMap: projection.joinKeyMap,
    }));
  });
}

function findView(name: string, views: readonly FeatureView[]): FeatureView {
  const view = views.find((candidate) => candidate.name === name);
  if (view === undefined) {
    const known = views.map((candidate) => candidate.name);
    throw new CodedError(
      'FEATURE_VIEW_NOT_FOUND',
      `there is no feature view "${name}".${didYouMean(name, known)}`,
    );
  }
  if (view.online) return view;
  throw new CodedError(
    'FEATURE_VIEW_NOT_ONLINE',
    `feature view "${name}" is not served online (online: false); change its definition, apply and materialize`,
  );
}

function findFeature(view: FeatureView, name: string): Field {
  const feature = view.features.find((candidate) => candidate.name === name);
  if (feature !== undefined) return feature;
  const known = view.features.map((candidate) => candidate.name);
  throw new CodedError(
    'FEATURE_NOT_FOUND',
    `feature view "${view.name}" has no feature "${name}".${didYouMean(name, known)}`,
  );
}
