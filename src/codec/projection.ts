import type { FeatureViewProjection, Field } from '../definitions/index.js';
import { projectedSource } from './data-source.js';
import { cloneMessage, feast } from './feast.js';
import { decodeField } from './field.js';

const { FeatureSpecV2, FeatureViewProjection: Proto } = feast.core;

/** A registered view of any kind, of which features can be chosen. */
export interface ViewProto {
  readonly spec?: {
    readonly features?: feast.core.FeatureSpecV2.$Properties[] | null;
    readonly entityColumns?: feast.core.FeatureSpecV2.$Properties[] | null;
    /** label views call their source so */
    readonly source?: feast.core.DataSource.$Properties | null;
    readonly batchSource?: feast.core.DataSource.$Properties | null;
    readonly labelerField?: string | null;
  } | null;
}

/** The proto of a chosen part of a view. Feast: feature_view_projection.py. */
export function encodeProjection(
  projection: FeatureViewProjection,
  view: ViewProto,
): feast.core.FeatureViewProjection {
  const { batchSource, entityColumns, labelerField } = view.spec ?? {};
  const source = batchSource as feast.core.DataSource | null | undefined;
  // a stream feature view lists its join keys among its features
  const joinKeys = new Set((entityColumns ?? []).map((column) => column.name));
  const features = ((view.spec?.features ?? []) as feast.core.FeatureSpecV2[]).filter(
    (feature) => !joinKeys.has(feature.name),
  );
  const chosen = projection.featureNames?.map((name) => features.find((feature) => feature.name === name)!);
  const created = source?.createdTimestampColumn ?? '';
  return new Proto({
    featureViewName: projection.viewName,
    featureViewNameAlias: projection.alias,
    featureColumns: (chosen ?? features).map((feature) => cloneMessage(FeatureSpecV2, feature)),
    joinKeyMap: { ...projection.joinKeyMap },
    // Feast writes the created column here too (feature_view_projection.py:122,143); equal bytes matter more
    timestampField: created,
    datePartitionColumn: source?.datePartitionColumn ?? '',
    createdTimestampColumn: created,
    batchSource: source ? projectedSource(source) : null,
    viewType: labelerField ? 'labelView' : 'featureView',
  });
}

export function decodeProjection(proto: feast.core.FeatureViewProjection.$Properties): FeatureViewProjection {
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
