import type { LabelView } from '../definitions/index.js';
import { CONFLICT_POLICIES } from '../definitions/label-view.js';
import { decodeDataSource, embeddedSource } from './data-source.js';
import { cloneMessage, feast } from './feast.js';
import { decodeField, encodeFields } from './field.js';
import { stamp } from './meta.js';
import { durationMs, durationOf } from './time.js';

const { LabelView: Proto, LabelViewMeta, LabelViewSpec } = feast.core;

/**
 * The proto of a label view. Feast: labeling/label_view.py:349-384.
 * @param source the registered proto of its source
 * @param existing what the registry holds: its creation time, and fields unknown here, are kept
 * @param now microseconds since the epoch
 */
export function encodeLabelView(
  view: LabelView,
  project: string,
  source: feast.core.DataSource | undefined,
  existing: feast.core.LabelView | undefined,
  now: bigint,
): feast.core.LabelView {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  const spec = proto.spec ?? new LabelViewSpec();
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
    source: source === undefined ? null : embeddedSource(source),
    labelerField: view.labelerField,
    // in the order of the proto's enum
    conflictPolicy: CONFLICT_POLICIES.indexOf(view.conflictPolicy),
    referenceFeatureView: view.referenceFeatureView,
  });
  proto.meta = stamp(proto.meta ?? new LabelViewMeta(), now);
  return proto;
}

export function decodeLabelView(proto: feast.core.LabelView): LabelView {
  const spec = proto.spec ?? {};
  return Object.freeze({
    kind: 'label_view',
    name: spec.name ?? '',
    description: spec.description ?? '',
    tags: Object.freeze({ ...spec.tags }),
    owner: spec.owner ?? '',
    entities: Object.freeze([...(spec.entities ?? [])]),
    entityColumns: Object.freeze((spec.entityColumns ?? []).map(decodeField)),
    features: Object.freeze((spec.features ?? []).map(decodeField)),
    entityObjects: Object.freeze([]),
    ttl: durationMs(spec.ttl),
    online: spec.online ?? false,
    source: spec.source ? decodeDataSource(spec.source) : undefined,
    labelerField: spec.labelerField ?? '',
    conflictPolicy: CONFLICT_POLICIES[spec.conflictPolicy ?? 0] ?? 'last_write_wins',
    referenceFeatureView: spec.referenceFeatureView ?? '',
  });
}
