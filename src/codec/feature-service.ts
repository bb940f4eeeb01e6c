import type { FeatureService, FeatureViewProjection, Field } from '../definitions/index.js';
import { projectedSource } from './data-source.js';
import { cloneMessage, feast } from './feast.js';
import { decodeField } from './field.js';
import { stamp } from './meta.js';

const {
  FeatureService: Proto,
  FeatureServiceMeta,
  FeatureServiceSpec,
  FeatureSpecV2,
  FeatureViewProjection: ProjectionProto,
} = feast.core;

/**
 * The proto of a feature service.
 * @param viewProto gives the proto of a view that is being registered, with its features and source
 * @param existing what the registry holds: its creation time, logging configuration and fields unknown here are kept
 * @param now microseconds since the epoch
 */
export function encodeFeatureService(
  service: FeatureService,
  project: string,
  viewProto: (name: string) => feast.core.FeatureView,
  existing: feast.core.FeatureService | undefined,
  now: bigint,
): feast.core.FeatureService {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  proto.spec = Object.assign(proto.spec ?? new FeatureServiceSpec(), {
    name: service.name,
    project,
    features: service.projections.map((part) => encodeProjection(part, viewProto(part.viewName))),
    tags: { ...service.tags },
    description: service.description,
    owner: service.owner,
  });
  proto.meta = stamp(proto.meta ?? new FeatureServiceMeta(), now);
  return proto;
}

function encodeProjection(
  projection: FeatureViewProjection,
  view: feast.core.FeatureView,
): feast.core.FeatureViewProjection {
  const source = view.spec!.batchSource as feast.core.DataSource;
  const features = (view.spec!.features ?? []) as feast.core.FeatureSpecV2[];
  const chosen = projection.featureNames?.map((name) => features.find((feature) => feature.name === name)!);
  const created = source.createdTimestampColumn;
  return new ProjectionProto({
    featureViewName: projection.viewName,
    featureViewNameAlias: projection.alias,
    featureColumns: (chosen ?? features).map((feature) => cloneMessage(FeatureSpecV2, feature)),
    joinKeyMap: { ...projection.joinKeyMap },
    // Feast writes the created column here too (feature_view_projection.py:122,143); equal bytes matter more
    timestampField: created,
    datePartitionColumn: source.datePartitionColumn,
    createdTimestampColumn: created,
    batchSource: projectedSource(source),
    viewType: 'featureView',
  });
}

export function decodeFeatureService(proto: feast.core.FeatureService): FeatureService {
  const spec = proto.spec ?? {};
  return Object.freeze({
    kind: 'feature_service',
    name: spec.name ?? '',
    description: spec.description ?? '',
    tags: Object.freeze({ ...spec.tags }),
    owner: spec.owner ?? '',
    projections: Object.freeze((spec.features ?? []).map(decodeProjection)),
  });
}

function decodeProjection(proto: feast.core.FeatureViewProjection.$Properties): FeatureViewProjection {
  const features: readonly Field[] = Object.freeze((proto.featureColumns ?? []).map(decodeField));
  return Object.freeze({
    kind: 'projection',
    viewName: proto.featureViewName ?? '',
    alias: proto.featureViewNameAlias ?? '',
    features,
    featureNames: Object.freeze(features.map((feature) => feature.name)),
    joinKeyMap: Object.freeze({ ...proto.joinKeyMap }),
  });
}
