import type { AnyView, FeatureViewProjection, OnDemandFeatureView, RequestSource } from './definitions.js';
import { select } from './feature-service.js';
import { checkOptions, frozen, invalid, isFlag, isListOf, isOneOf } from './options.js';
import {
  type AggregationOptions,
  aggregationsOf,
  isAggregations,
  isTransformation,
  type TransformationOptions,
  transformationOf,
} from './transformation.js';
import { VIEW_CHECKS, type ViewOptions, viewBase } from './view-base.js';

export interface OnDemandFeatureViewOptions extends ViewOptions {
  /** views, parts of them chosen with `select`, and values of the request */
  sources: readonly (AnyView | FeatureViewProjection | RequestSource)[];
  /** the function that computes the features; not needed where aggregations do */
  transformation?: TransformationOptions;
  /** what the function takes; default python */
  mode?: 'python' | 'pandas';
  aggregations?: readonly AggregationOptions[];
  /** compute when rows are written, not when they are read; default false */
  writeToOnlineStore?: boolean;
  /** the function takes one row instead of columns; python only */
  singleton?: boolean;
  /** default true */
  enabled?: boolean;
}

const CHECKS = {
  ...VIEW_CHECKS,
  sources: isListOf(
    ['feature_view', 'stream_feature_view', 'projection', 'request_source'],
    'featureView(), select() or requestSource()',
  ),
  transformation: isTransformation,
  mode: isOneOf(['python', 'pandas']),
  aggregations: isAggregations,
  writeToOnlineStore: isFlag,
  singleton: isFlag,
  enabled: isFlag,
};

/**
 * Declares an on-demand feature view: features computed from other features and from values of the request.
 * Feast: on_demand_feature_view.py; the schema must name what is computed.
 * @throws CodedError DEFINITION_INVALID
 */
export function onDemandFeatureView(options: OnDemandFeatureViewOptions): OnDemandFeatureView {
  checkOptions('on demand feature view', options, CHECKS, ['name', 'sources', 'schema']);
  const place = `on demand feature view "${options.name}"`;
  const { mode = 'python', transformation, singleton = false } = options;
  const aggregations = aggregationsOf(options.aggregations);
  if (options.sources.length === 0)
    throw invalid(place, 'needs a source: a feature view or a request source');
  if (transformation === undefined && aggregations.length === 0) {
    throw invalid(place, 'needs a transformation, the function that computes its features');
  }
  if (singleton && mode !== 'python') throw invalid(place, 'singleton needs mode "python"');
  const sources = options.sources.map((source) =>
    source.kind === 'projection' || source.kind === 'request_source' ? source : select(source),
  );
  const names = sources.map((source) => (source.kind === 'projection' ? source.viewName : source.name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(place, `two of its sources are named "${twice}"`);
  const view = viewBase('on demand feature view', options, undefined);
  if (view.features.length === 0) throw invalid(place, 'the schema names no feature');
  return frozen({
    kind: 'on_demand_feature_view',
    ...view,
    enabled: options.enabled ?? true,
    mode,
    sources,
    transformation: transformation && transformationOf(place, mode, transformation),
    aggregations,
    writeToOnlineStore: options.writeToOnlineStore ?? false,
    singleton,
  });
}
