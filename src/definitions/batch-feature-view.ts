import type { FeatureView } from './definitions.js';
import { FEATURE_VIEW_CHECKS, type FeatureViewOptions, featureViewOf } from './feature-view.js';
import { checkOptions, frozen, isOneOf } from './options.js';
import { isTransformation, type TransformationOptions, transformationOf } from './transformation.js';

export interface BatchFeatureViewOptions extends FeatureViewOptions {
  /** what its rows go through */
  transformation: TransformationOptions;
  /** what the function takes; default python */
  mode?: 'python' | 'pandas';
}

/**
 * Declares a batch feature view: a feature view whose rows are computed from its source's rows.
 * Feast: batch_feature_view.py; it is served online only when it says so.
 * @throws CodedError DEFINITION_INVALID
 */
export function batchFeatureView(options: BatchFeatureViewOptions): FeatureView {
  checkOptions(
    'batch feature view',
    options,
    { ...FEATURE_VIEW_CHECKS, transformation: isTransformation, mode: isOneOf(['python', 'pandas']) },
    ['name', 'source', 'transformation'],
  );
  const { mode = 'python', online = false } = options;
  const place = `batch feature view "${options.name}"`;
  return frozen({
    ...featureViewOf('batch feature view', { ...options, online }),
    transformation: transformationOf(place, mode, options.transformation),
  });
}
