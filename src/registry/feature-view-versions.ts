/**
 * Versions of feature views. A new view is version 0; a change of its schema makes the next; everything else
 * changes the view in place. Feast: registry.py:742-936.
 */
import { randomUUID } from 'node:crypto';
import type { Json } from '../codec/index.js';
import { feast, microsOf, timestampOf, toJson } from '../codec/index.js';
import { nameOf, type RegistryProto, type VIEW_COLLECTIONS } from './collections.js';
import { positionOf, replaceAt, versionsOf } from './draft-lists.js';
import { putObject, removeObject } from './edits.js';

const { FeatureView, FeatureViewVersionHistory, FeatureViewVersionRecord } = feast.core;
const { LabelView, OnDemandFeatureView, StreamFeatureView } = feast.core;

export type ViewCollection = keyof typeof VIEW_COLLECTIONS;

type AnyViewProto =
  | feast.core.FeatureView
  | feast.core.StreamFeatureView
  | feast.core.OnDemandFeatureView
  | feast.core.LabelView;

/** Names Feast gives the types of views in its history, and their codecs. */
const TYPES = {
  featureViews: { type: 'feature_view', codec: FeatureView },
  streamFeatureViews: { type: 'stream_feature_view', codec: StreamFeatureView },
  onDemandFeatureViews: { type: 'on_demand_feature_view', codec: OnDemandFeatureView },
  labelViews: { type: 'label_view', codec: LabelView },
} as const;

/**
 * Puts a feature view into the registry, and its version into the history.
 * @param now microseconds since the epoch
 */
export function putFeatureView(
  draft: RegistryProto,
  project: string,
  view: feast.core.FeatureView,
  now: bigint,
): void {
  putView(draft, 'featureViews', project, view, now);
}

/**
 * Puts a view of any kind into the registry, and its version into the history.
 * @param now microseconds since the epoch
 */
export function putView(
  draft: RegistryProto,
  collection: ViewCollection,
  project: string,
  view: AnyViewProto,
  now: bigint,
): void {
  const name = nameOf(view);
  const list = draft[collection] as AnyViewProto[];
  const position = positionOf(list, collection, project, name);
  const existing = list[position];
  if (existing !== undefined && !isSchemaChanged(existing, view)) {
    replaceAt(list, collection, position, view);
    return;
  }
  const versions = recordsOf(draft, project, name);
  let version = Math.max(-1, ...versions.map((record) => record.versionNumber ?? 0)) + 1;
  if (existing !== undefined && version === 0) {
    // registered before Feast kept versions: what stands becomes version 0
    appendVersion(draft, collection, project, existing, 0, now);
    version = 1;
  }
  // label views have no field for it
  if (collection !== 'labelViews') (view as feast.core.FeatureView).meta!.currentVersionNumber = version;
  appendVersion(draft, collection, project, view, version, now);
  putObject(draft, collection, project, view as never);
}

/** Takes out a view of any kind with its versions. */
export function removeView(
  draft: RegistryProto,
  collection: ViewCollection,
  project: string,
  name: string,
): void {
  removeObject(draft, collection, project, name);
  const history = draft.featureViewVersionHistory;
  if (history?.records) {
    history.records = history.records.filter(
      (record) => record.featureViewName !== name || record.projectId !== project,
    );
  }
}

/** One version of a view, as the registry remembers it. */
export interface ViewVersion {
  readonly name: string;
  /** `v0`, as Feast writes it */
  readonly version: string;
  readonly number: number;
  /** feature_view, stream_feature_view, on_demand_feature_view or label_view */
  readonly type: string;
  readonly created: Date;
  readonly versionId: string;
  /** the view as it was, as protobuf JSON; undefined where its bytes cannot be read */
  describe(preserveNames: boolean): Json | undefined;
}

/**
 * The versions of a view, oldest first; empty for one that is not registered or older than versions.
 * @param name undefined: those of every view
 */
export function viewVersions(registry: RegistryProto, project: string, name?: string): ViewVersion[] {
  return recordsOf(registry, project, name)
    .map((record) => {
      const number = record.versionNumber ?? 0;
      return {
        name: record.featureViewName ?? '',
        version: `v${number}`,
        number,
        type: record.featureViewType ?? '',
        created: new Date(Number(microsOf(record.createdTimestamp ?? {}) / 1000n)),
        versionId: record.versionId ?? '',
        describe: (preserveNames: boolean) => describeRecord(record, preserveNames),
      };
    })
    .sort((a, b) => a.number - b.number);
}

function describeRecord(
  record: feast.core.FeatureViewVersionRecord.$Properties,
  preserveNames: boolean,
): Json | undefined {
  const found = Object.values(TYPES).find(({ type }) => type === record.featureViewType);
  if (found === undefined) return undefined;
  const codec = found.codec as typeof FeatureView;
  return toJson(codec, codec.decode(record.featureViewProto ?? new Uint8Array(0)), { preserveNames });
}

function recordsOf(registry: RegistryProto, project: string, name: string | undefined) {
  const records = registry.featureViewVersionHistory?.records ?? [];
  if (name !== undefined) return versionsOf(records, project, name);
  return records.filter((record) => record.projectId === project);
}

function appendVersion(
  draft: RegistryProto,
  collection: ViewCollection,
  project: string,
  view: AnyViewProto,
  version: number,
  now: bigint,
): void {
  draft.featureViewVersionHistory ??= new FeatureViewVersionHistory();
  draft.featureViewVersionHistory.records ??= [];
  const { type, codec } = TYPES[collection];
  draft.featureViewVersionHistory.records.push(
    new FeatureViewVersionRecord({
      featureViewName: nameOf(view),
      projectId: project,
      versionNumber: version,
      featureViewType: type,
      featureViewProto: (codec as typeof FeatureView).encode(view as feast.core.FeatureView).finish(),
      createdTimestamp: timestampOf(now),
      versionId: randomUUID(),
    }),
  );
}

/**
 * Whether a view became another one: its columns, its entities, or how it is computed; not its source, ttl or tags.
 * Feast: _schema_or_udf_changed of base_feature_view.py and of each kind of view; the order of columns does not
 * count.
 */
function isSchemaChanged(a: AnyViewProto, b: AnyViewProto): boolean {
  return schemaText(a) !== schemaText(b);
}

function schemaText(view: AnyViewProto): string {
  const spec = (view.spec ?? {}) as Partial<
    feast.core.StreamFeatureViewSpec & feast.core.OnDemandFeatureViewSpec & feast.core.FeatureViewSpec
  >;
  const { features, entityColumns, entities, featureTransformation, aggregations, sources } = spec;
  const udf = featureTransformation?.userDefinedFunction;
  return JSON.stringify([
    columnTexts(features),
    columnTexts(entityColumns),
    [...(entities ?? [])].sort(),
    udf ? [udf.name, udf.bodyText, udf.mode] : [],
    featureTransformation?.substraitTransformation ?? null,
    (aggregations ?? []).map((one) => toJson(feast.core.Aggregation, one)),
    // a plain feature view may have a mode that means nothing
    udf ? (spec.mode ?? '') : '',
    Object.keys(sources ?? {}).sort(),
    (spec.sourceViews ?? []).map((source) => source.name),
  ]);
}

function columnTexts(columns: readonly feast.core.FeatureSpecV2.$Properties[] | null | undefined): string[] {
  return (columns ?? [])
    .map(({ name, valueType, description, tags, vectorLength }) =>
      JSON.stringify([
        name,
        valueType ?? 0,
        description ?? '',
        Object.entries(tags ?? {}).sort(),
        vectorLength ?? 0,
      ]),
    )
    .sort();
}
