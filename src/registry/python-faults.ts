/**
 * What keeps Python Feast 0.66 from reading an object: found by reading its from_proto methods. One such object makes
 * Python fail to list any of its kind.
 */
import { feast } from '../codec/index.js';
import { feastTypeOf } from '../definitions/index.js';
import type { DefinitionKind } from './kinds.js';

const { SourceType } = feast.core.DataSource;

type Fields = readonly feast.core.FeatureSpecV2.$Properties[] | null | undefined;
type Faults = readonly string[];

const when = (isFaulty: boolean, fault: string): Faults => (isFaulty ? [fault] : []);

/** Feast: field.py, from_proto; type 0 is Python's UNKNOWN for an entity, and nothing for a column. */
function fieldFaults(fields: Fields): Faults {
  return (fields ?? []).flatMap(({ name, valueType }) =>
    when(
      feastTypeOf(valueType ?? 0) === undefined,
      `column "${name}" has the unknown type ${valueType ?? 0}`,
    ),
  );
}

/** Feast: data_source.py, from_proto. */
function sourceFaults(source: feast.core.DataSource.$Properties | null | undefined): Faults {
  if (!source) return [];
  const { kafkaOptions, kinesisOptions, batchSource } = source;
  const type = source.type ?? 0;
  const isKafka = type === SourceType.STREAM_KAFKA;
  const isKinesis = type === SourceType.STREAM_KINESIS;
  const format = isKafka ? kafkaOptions?.messageFormat : kinesisOptions?.recordFormat;
  return [
    ...when(SourceType[type] === undefined || type === SourceType.INVALID, `source type ${type} is unknown`),
    ...when(
      type === SourceType.CUSTOM_SOURCE && !source.dataSourceClassType,
      'a custom source without a class',
    ),
    ...when((isKafka || isKinesis) && !batchSource, 'a stream source without a batch source'),
    ...when(
      (isKafka || isKinesis) && !(format?.jsonFormat || format?.avroFormat || format?.protoFormat),
      'a stream source without a message format',
    ),
    ...fieldFaults(source.requestDataOptions?.schema),
    ...sourceFaults(batchSource),
  ];
}

const MODES: readonly unknown[] = ['pandas', 'python', 'substrait'];

const FAULTS: { readonly [K in DefinitionKind]?: (proto: never) => Faults } = {
  data_source: sourceFaults,
  entity: ({ spec }: feast.core.Entity) =>
    when(
      !!spec?.valueType && feastTypeOf(spec.valueType) === undefined,
      `value type ${spec?.valueType} is unknown`,
    ),
  feature_view: ({ spec }: feast.core.FeatureView) => [
    ...fieldFaults(spec?.features),
    ...fieldFaults(spec?.entityColumns),
    ...sourceFaults(spec?.batchSource),
    ...sourceFaults(spec?.streamSource),
  ],
  stream_feature_view: ({ spec }: feast.core.StreamFeatureView) => [
    ...when(!spec?.streamSource, 'it has no stream source'),
    ...fieldFaults(spec?.features),
    ...sourceFaults(spec?.batchSource),
    ...sourceFaults(spec?.streamSource),
  ],
  on_demand_feature_view: ({ spec }: feast.core.OnDemandFeatureView) => [
    ...when(Object.keys(spec?.sources ?? {}).length === 0, 'it has no sources'),
    ...when(!!spec?.mode && !MODES.includes(spec.mode), `mode "${spec?.mode}" is unknown`),
    ...when(
      !spec?.featureTransformation && !spec?.userDefinedFunction && (spec?.aggregations ?? []).length === 0,
      'it has no transformation',
    ),
    ...fieldFaults(spec?.features),
    ...Object.values(spec?.sources ?? {}).flatMap((source) => sourceFaults(source.requestDataSource)),
  ],
  label_view: ({ spec }: feast.core.LabelView) => [
    ...fieldFaults(spec?.features),
    ...sourceFaults(spec?.source),
  ],
  saved_dataset: ({ spec }: feast.core.SavedDataset) =>
    when(
      Object.values(spec?.storage ?? {}).every((kind) => !kind),
      'it has no storage',
    ),
  validation_reference: ({ geProfiler }: feast.core.ValidationReference) =>
    when(!geProfiler?.profiler?.body?.length, 'it has no profiler'),
  permission: ({ spec }: feast.core.Permission) => [
    ...when((spec?.actions ?? []).length === 0, 'it has no actions'),
    // Feast's own AllowAll is written so, and breaks its reader
    ...when(!hasPolicy(spec?.policy), 'it has no policy'),
  ],
};

function hasPolicy(policy: feast.core.Policy.$Properties | null | undefined): boolean {
  return !!(
    policy?.roleBasedPolicy ||
    policy?.groupBasedPolicy ||
    policy?.namespaceBasedPolicy ||
    policy?.combinedGroupNamespacePolicy
  );
}

/** Why Python Feast cannot read an object; empty where it can. */
export function faultsForPython(kind: DefinitionKind, proto: object): Faults {
  return (FAULTS[kind] as ((proto: object) => Faults) | undefined)?.(proto) ?? [];
}
