import type { DataSource, FeatureView } from '../definitions/index.js';
import { decodeDataSource, embeddedSource, opaqueSource } from './data-source.js';
import { cloneMessage, feast } from './feast.js';
import { decodeField, encodeFields } from './field.js';
import { stamp } from './meta.js';
import { durationMs, durationOf } from './time.js';

const { FeatureView: Proto, FeatureViewMeta, FeatureViewSpec } = feast.core;

/**
 * The proto of a feature view. Feast: feature_view.py:519-578.
 * @param source the registered proto of its source
 * @param existing what the registry holds: its creation time, materialized intervals, state, stream source and
 *   fields unknown here are kept
 * @param now microseconds since the epoch
 */
export function encodeFeatureView(
  view: FeatureView,
  project: string,
  source: feast.core.DataSource,
  existing: feast.core.FeatureView | undefined,
  now: bigint,
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
    tags: { ...view.tags },
    owner: view.owner,
    ttl: durationOf(view.ttl),
    online: view.online,
    offline: view.offline,
    batchSource: embeddedSource(source),
    disabled: !view.enabled,
    version: spec.version || 'latest',
  });
  proto.meta = stamp(proto.meta ?? new FeatureViewMeta(), now);
  return proto;
}

/**
 * Why a registered feature view is more than a definition here can say; undefined where it is not.
 * Such a view is carried along as it is, and cannot be materialized.
 */
export function foreignPartOf(spec: feast.core.FeatureViewSpec.$Properties): string | undefined {
  if (spec.featureTransformation) return 'a transformation';
  if (spec.sourceViews && spec.sourceViews.length > 0) return 'other feature views as source';
  return spec.batchSource ? undefined : 'no batch source';
}

export function decodeFeatureView(proto: feast.core.FeatureView): FeatureView {
  const spec = proto.spec ?? {};
  const entityColumns = Object.freeze((spec.entityColumns ?? []).map(decodeField));
  const features = Object.freeze((spec.features ?? []).map(decodeField));
  return Object.freeze({
    kind: 'feature_view',
    name: spec.name ?? '',
    description: spec.description ?? '',
    tags: Object.freeze({ ...spec.tags }),
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
    streamSource: spec.streamSource ? decodeDataSource(spec.streamSource) : undefined,
    entityObjects: Object.freeze([]),
  });
}

/** A view whose rows are not its source's rows gets a source that nothing can read, so that nobody does. */
function sourceOf(spec: feast.core.FeatureViewSpec.$Properties): DataSource {
  const foreign = foreignPartOf(spec);
  if (foreign === undefined) return decodeDataSource(spec.batchSource!);
  return opaqueSource(spec.batchSource ?? {}, `a feature view with ${foreign}`);
}
