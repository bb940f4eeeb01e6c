import { didYouMean } from '../shared/nearest.js';
import type { FeatureService, FeatureView, FeatureViewProjection } from './definitions.js';
import {
  type Check,
  checkOptions,
  frozen,
  invalid,
  isListOf,
  isName,
  isTextMap,
  NAMED_CHECKS,
  type NamedOptions,
  named,
} from './options.js';

export interface FeatureServiceOptions extends NamedOptions {
  name: string;
  /** whole views, or parts of them chosen with `select` */
  features: readonly (FeatureView | FeatureViewProjection)[];
}

export interface SelectOptions {
  /** the name the view goes by in what the service returns */
  alias?: string;
  /** join key of the view → the name it has in requests */
  joinKeyMap?: Readonly<Record<string, string>>;
}

const isNameList: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((name) => isName(name) === undefined)
    ? undefined
    : 'a list of feature names, at least one';

/**
 * Chooses features of a view for a feature service: `select(view, ['avg_delay'])`.
 * @param features feature names; undefined: all
 * @throws CodedError DEFINITION_INVALID; where the schema is inferred, an unknown name is found on apply
 */
export function select(
  view: FeatureView,
  features?: readonly string[],
  options: SelectOptions = {},
): FeatureViewProjection {
  if (view?.kind !== 'feature_view') throw invalid('select', 'takes what featureView() returns first');
  const place = `select of feature view "${view.name}"`;
  checkOptions(place, options, { alias: isName, joinKeyMap: isTextMap }, []);
  if (features !== undefined) {
    const expected = isNameList(features);
    if (expected !== undefined) throw invalid(place, `the second argument must be ${expected}`);
    if (view.features.length > 0) checkFeatures(place, view, features);
  }
  return frozen({
    kind: 'projection',
    viewName: view.name,
    alias: options.alias ?? '',
    features: undefined,
    featureNames: features === undefined ? undefined : [...features],
    joinKeyMap: { ...options.joinKeyMap },
  });
}

function checkFeatures(place: string, view: FeatureView, names: readonly string[]): void {
  const known = view.features.map((feature) => feature.name);
  for (const name of names) {
    if (!known.includes(name)) {
      throw invalid(place, `the view has no feature "${name}".${didYouMean(name, known)}`);
    }
  }
}

/**
 * Declares a feature service: the features that one model reads.
 * @throws CodedError DEFINITION_INVALID
 */
export function featureService(options: FeatureServiceOptions): FeatureService {
  checkOptions(
    'feature service',
    options,
    {
      name: isName,
      features: isListOf(['feature_view', 'projection'], 'featureView() or select()'),
      ...NAMED_CHECKS,
    },
    ['name', 'features'],
  );
  return frozen({
    kind: 'feature_service',
    ...named(options.name, options),
    projections: options.features.map((part) => (part.kind === 'feature_view' ? select(part) : part)),
  });
}
