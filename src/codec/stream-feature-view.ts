import type { StreamFeatureView } from '../definitions/index.js';
import { decodeBatchSource, decodeStreamSource, embeddedSource } from './data-source.js';
import { cloneMessage, feast } from './feast.js';
import { decodeField, encodeFields } from './field.js';
import { stamp } from './meta.js';
import { durationMs, durationOf } from './time.js';
import {
  decodeAggregations,
  decodeTransformation,
  encodeAggregations,
  encodeTransformation,
  splitLocation,
  tagsWithLocation,
} from './transformation.js';

const { FeatureViewMeta, StreamFeatureView: Proto, StreamFeatureViewSpec } = feast.core;

/**
 * The proto of a stream feature view. Feast: stream_feature_view.py:275-335, which lists join keys among the
 * features too.
 * @param stream the registered proto of its stream source
 * @param source the registered proto of its batch source
 * @param existing what the registry holds: its creation time, materialized intervals, state and fields unknown
 *   here are kept
 * @param now microseconds since the epoch
 */
export function encodeStreamFeatureView(
  view: StreamFeatureView,
  project: string,
  stream: feast.core.DataSource,
  source: feast.core.DataSource | undefined,
  existing: feast.core.StreamFeatureView | undefined,
  now: bigint,
): feast.core.StreamFeatureView {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  const spec = proto.spec ?? new StreamFeatureViewSpec();
  const columns = [...view.entityColumns, ...view.features];
  const { transformation } = view;
  const featureTransformation =
    transformation === undefined ? null : encodeTransformation(transformation, spec.featureTransformation);
  // Python unpickles this one and reads nothing else of it; it goes with the function it was made from
  const pickled = featureTransformation?.userDefinedFunction?.body?.length ? spec.userDefinedFunction : null;
  proto.spec = Object.assign(spec, {
    name: view.name,
    project,
    entities: [...view.entities],
    entityColumns: encodeFields(view.entityColumns, spec.entityColumns ?? []),
    features: encodeFields(columns, spec.features ?? []),
    description: view.description,
    tags: tagsWithLocation(view.tags, transformation),
    owner: view.owner,
    ttl: durationOf(view.ttl),
    online: view.online,
    batchSource: source === undefined ? null : embeddedSource(source),
    streamSource: embeddedSource(stream),
    userDefinedFunction: pickled ?? null,
    featureTransformation,
    mode: view.mode,
    timestampField: view.timestampField,
    aggregations: encodeAggregations(view.aggregations),
    enableTiling: view.enableTiling,
    tilingHopSize: view.tilingHopSize === 0 ? null : durationOf(view.tilingHopSize),
    disabled: !view.enabled,
    version: spec.version || 'latest',
  });
  proto.meta = stamp(proto.meta ?? new FeatureViewMeta(), now);
  return proto;
}

export function decodeStreamFeatureView(proto: feast.core.StreamFeatureView): StreamFeatureView {
  const spec = proto.spec ?? {};
  const { tags, location } = splitLocation(spec.tags);
  const entityColumns = Object.freeze((spec.entityColumns ?? []).map(decodeField));
  const joinKeys = new Set(entityColumns.map((column) => column.name));
  const features = (spec.features ?? []).map(decodeField).filter(({ name }) => !joinKeys.has(name));
  return Object.freeze({
    kind: 'stream_feature_view',
    name: spec.name ?? '',
    description: spec.description ?? '',
    tags,
    owner: spec.owner ?? '',
    entities: Object.freeze([...(spec.entities ?? [])]),
    entityColumns,
    features: Object.freeze(features),
    entityObjects: Object.freeze([]),
    ttl: durationMs(spec.ttl),
    online: spec.online ?? false,
    enabled: !spec.disabled,
    source: spec.batchSource ? decodeBatchSource(spec.batchSource) : undefined,
    streamSource: decodeStreamSource(spec.streamSource ?? {}),
    mode: spec.mode ?? '',
    timestampField: spec.timestampField ?? '',
    aggregations: decodeAggregations(spec.aggregations),
    transformation: decodeTransformation(spec.featureTransformation, location),
    enableTiling: spec.enableTiling ?? false,
    tilingHopSize: durationMs(spec.tilingHopSize),
  });
}
