import type { FeatureViewProjection, OnDemandFeatureView, RequestSource } from '../definitions/index.js';
import { decodeRequestSource, encodeDataSource, projectedSource } from './data-source.js';
import { cloneMessage, feast } from './feast.js';
import { decodeField, encodeFields } from './field.js';
import { stamp } from './meta.js';
import { decodeProjection, encodeProjection, type ViewProto } from './projection.js';
import {
  decodeAggregations,
  decodeTransformation,
  encodeAggregations,
  encodeTransformation,
  splitLocation,
  tagsWithLocation,
} from './transformation.js';

const {
  OnDemandFeatureView: Proto,
  OnDemandFeatureViewMeta,
  OnDemandFeatureViewSpec,
  OnDemandSource,
} = feast.core;

/**
 * The proto of an on-demand feature view. Feast: on_demand_feature_view.py:584-654.
 * @param viewProto gives the proto of a view it is built on
 * @param existing what the registry holds: its creation time, state, and fields unknown here are kept
 * @param now microseconds since the epoch
 */
export function encodeOnDemandFeatureView(
  view: OnDemandFeatureView,
  project: string,
  viewProto: (name: string) => ViewProto,
  existing: feast.core.OnDemandFeatureView | undefined,
  now: bigint,
): feast.core.OnDemandFeatureView {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  const spec = proto.spec ?? new OnDemandFeatureViewSpec();
  const registered = spec.sources ?? {};
  const encodeSource = (source: FeatureViewProjection | RequestSource) => {
    if (source.kind === 'projection') {
      const featureViewProjection = encodeProjection(source, viewProto(source.viewName));
      return [source.viewName, new OnDemandSource({ featureViewProjection })] as const;
    }
    const old = registered[source.name]?.requestDataSource as feast.core.DataSource | undefined;
    const requestDataSource = projectedSource(encodeDataSource(source, '', old, now));
    return [source.name, new OnDemandSource({ requestDataSource })] as const;
  };
  const { transformation } = view;
  proto.spec = Object.assign(spec, {
    name: view.name,
    project,
    entities: [...view.entities],
    entityColumns: encodeFields(view.entityColumns, spec.entityColumns ?? []),
    features: encodeFields(view.features, spec.features ?? []),
    sources: Object.fromEntries(view.sources.map(encodeSource)),
    featureTransformation:
      transformation === undefined ? null : encodeTransformation(transformation, spec.featureTransformation),
    mode: view.mode,
    description: view.description,
    tags: tagsWithLocation(view.tags, transformation),
    owner: view.owner,
    writeToOnlineStore: view.writeToOnlineStore,
    singleton: view.singleton,
    aggregations: encodeAggregations(view.aggregations),
    disabled: !view.enabled,
    version: spec.version || 'latest',
  });
  proto.meta = stamp(proto.meta ?? new OnDemandFeatureViewMeta(), now);
  return proto;
}

export function decodeOnDemandFeatureView(proto: feast.core.OnDemandFeatureView): OnDemandFeatureView {
  const spec = proto.spec ?? {};
  const { tags, location } = splitLocation(spec.tags);
  return Object.freeze({
    kind: 'on_demand_feature_view',
    name: spec.name ?? '',
    description: spec.description ?? '',
    tags,
    owner: spec.owner ?? '',
    entities: Object.freeze([...(spec.entities ?? [])]),
    entityColumns: Object.freeze((spec.entityColumns ?? []).map(decodeField)),
    features: Object.freeze((spec.features ?? []).map(decodeField)),
    entityObjects: Object.freeze([]),
    enabled: !spec.disabled,
    mode: spec.mode ?? '',
    sources: Object.freeze(Object.values(spec.sources ?? {}).flatMap(decodeSource)),
    transformation: decodeTransformation(spec.featureTransformation, location),
    aggregations: decodeAggregations(spec.aggregations),
    writeToOnlineStore: spec.writeToOnlineStore ?? false,
    singleton: spec.singleton ?? false,
  });
}

function decodeSource(
  proto: feast.core.OnDemandSource.$Properties,
): (FeatureViewProjection | RequestSource)[] {
  if (proto.featureViewProjection) return [decodeProjection(proto.featureViewProjection)];
  const request = proto.requestDataSource && decodeRequestSource(proto.requestDataSource);
  if (request) return [request];
  // as Feast wrote it before it had projections
  const { name, features } = proto.featureView?.spec ?? {};
  return name ? [decodeProjection({ featureViewName: name, featureColumns: features ?? [] })] : [];
}
