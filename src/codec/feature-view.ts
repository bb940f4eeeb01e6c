import type { BatchSource, FeatureView, StreamSource } from '../definitions/index.js';
import { decodeBatchSource, decodeStreamSource, embeddedSource, opaqueSource } from './data-source.js';
import { cloneMessage, feast } from './feast.js';
import { decodeField, encodeFields } from './field.js';
import { stamp } from './meta.js';
import { durationMs, durationOf } from './time.js';
import {
  decodeTransformation,
  encodeTransformation,
  splitLocation,
  tagsWithLocation,
} from './transformation.js';

const { FeatureView: Proto, FeatureViewMeta, FeatureViewSpec } = feast.core;

/**
 * The proto of a feature view. Feast: feature_view.py:519-578.
 * @param source the registered proto of its source
 * @param existing what the registry holds: its creation time, materialized intervals, state and fields unknown
 *   here are kept
 * @param now microseconds since the epoch
 * @param stream the registered proto of its stream source
 */
export function encodeFeatureView(
  view: FeatureView,
  project: string,
  source: feast.core.DataSource,
  existing: feast.core.FeatureView | undefined,
  now: bigint,
  stream?: feast.core.DataSource,
): feast.core.FeatureView {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  const spec = proto.spec ?? new FeatureViewSpec();
  proto.spec = Object.assign(spec, {
    name: view.name,
    project,
    entities: [...view.entities],
    entityColumns: encodeFields(view.entityColumns, spec.entityColumns ?? []),
    features: encodeFields(view.features, spec.features ?? []),
    description: view.description,
    tags: tagsWithLocation(view.tags, view.transformation),
    owner: view.owner,
    ttl: durationOf(view.ttl),
    online: view.online,
    offline: view.offline,
    batchSource: embeddedSource(source),
    streamSource: stream === undefined ? null : embeddedSource(stream),
    featureTransformation:
      view.transformation === undefined
        ? null
        : encodeTransformation(view.transformation, spec.featureTransformation),
    mode: view.transformation?.mode ?? spec.mode,
    disabled: !view.enabled,
    version: spec.version || 'latest',
  });
  proto.meta = stamp(proto.meta ?? new FeatureViewMeta(), now);
  return proto;
}

/**
 * Why the rows of a registered feature view are not the rows of its source; undefined where they are.
 * Such a view cannot be materialized here.
 */
function foreignPartOf(spec: feast.core.FeatureViewSpec.$Properties): string | undefined {
  if (spec.featureTransformation) return 'a transformation';
  if (spec.sourceViews && spec.sourceViews.length > 0) return 'other feature views as source';
  return spec.batchSource ? undefined : 'no batch source';
}

export function decodeFeatureView(proto: feast.core.FeatureView): FeatureView {
  const spec = proto.spec ?? {};
  const { tags, location } = splitLocation(spec.tags);
  const entityColumns = Object.freeze((spec.entityColumns ?? []).map(decodeField));
  const features = Object.freeze((spec.features ?? []).map(decodeField));
  return Object.freeze({
    kind: 'feature_view',
    name: spec.name ?? '',
    description: spec.description ?? '',
    tags,
    owner: spec.owner ?? '',
    entities: Object.freeze([...(spec.entities ?? [])]),
    entityColumns,
    features,
    schema: Object.freeze([...entityColumns, ...features]),
    ttl: durationMs(spec.ttl),
    online: spec.online ?? false,
    offline: spec.offline ?? false,
    enabled: !spec.disabled,
    source: sourceOf(spec),
    streamSource: streamOf(spec),
    transformation: decodeTransformation(spec.featureTransformation, location),
    entityObjects: Object.freeze([]),
  });
}

/** A view whose rows are not its source's rows gets a source that nothing can read, so that nobody does. */
function sourceOf(spec: feast.core.FeatureViewSpec.$Properties): BatchSource {
  const foreign = foreignPartOf(spec);
  if (foreign === undefined) return decodeBatchSource(spec.batchSource!);
  return opaqueSource(spec.batchSource ?? {}, `a feature view with ${foreign}`);
}

function streamOf(spec: feast.core.FeatureViewSpec.$Properties): StreamSource | undefined {
  return spec.streamSource ? decodeStreamSource(spec.streamSource) : undefined;
}
