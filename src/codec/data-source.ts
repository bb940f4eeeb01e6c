import type {
  BatchSource,
  DataSource,
  DataSourceBase,
  OpaqueSource,
  RequestSource,
  StreamSource,
} from '../definitions/index.js';
import { isStreamSource } from '../definitions/index.js';
import { frozen } from '../definitions/options.js';
import { cloneMessage, feast } from './feast.js';
import { stamp } from './meta.js';
import { ATHENA_CODEC } from './sources/athena.js';
import { BIGQUERY_CODEC } from './sources/bigquery.js';
import { CUSTOM_CODEC } from './sources/custom.js';
import { FILE_CODEC } from './sources/file.js';
import { KAFKA_CODEC } from './sources/kafka.js';
import { KINESIS_CODEC } from './sources/kinesis.js';
import { POSTGRESQL_CLASS, POSTGRESQL_CODEC } from './sources/postgresql.js';
import { PUSH_CODEC } from './sources/push.js';
import { REDSHIFT_CODEC } from './sources/redshift.js';
import { REQUEST_CODEC } from './sources/request.js';
import { SNOWFLAKE_CODEC } from './sources/snowflake.js';
import type { SourceCodec, SourceProto } from './sources/source-codec.js';
import { SPARK_CODEC } from './sources/spark.js';
import { TRINO_CODEC } from './sources/trino.js';

const { DataSource: Proto } = feast.core;
const { SourceMeta, SourceType } = Proto;

type DeclaredSource = Exclude<DataSource, OpaqueSource>;

/** Every kind of data source there is. */
const CODECS: {
  readonly [Kind in DeclaredSource['kind']]: SourceCodec<Extract<DeclaredSource, { kind: Kind }>>;
} = {
  file_source: FILE_CODEC,
  bigquery_source: BIGQUERY_CODEC,
  snowflake_source: SNOWFLAKE_CODEC,
  redshift_source: REDSHIFT_CODEC,
  athena_source: ATHENA_CODEC,
  trino_source: TRINO_CODEC,
  postgresql_source: POSTGRESQL_CODEC,
  spark_source: SPARK_CODEC,
  custom_source: CUSTOM_CODEC,
  push_source: PUSH_CODEC,
  kafka_source: KAFKA_CODEC,
  kinesis_source: KINESIS_CODEC,
  request_source: REQUEST_CODEC,
};

/** Types whose class stands in every copy; that of others in a registry's list and in feature views only. */
const ALWAYS_CLASSED: readonly unknown[] = [SourceType.CUSTOM_SOURCE, SourceType.BATCH_SPARK];

/**
 * The proto of a data source, as it stands in the registry's list of sources. Feast: data_source.py and a file for
 * each kind. An opaque one is kept as it is.
 * @param existing what the registry holds: its creation time, and fields unknown here, are kept
 * @param now microseconds since the epoch
 */
export function encodeDataSource(
  source: DataSource,
  project: string,
  existing: feast.core.DataSource | undefined,
  now: bigint,
): feast.core.DataSource {
  if (source.kind === 'opaque_source') return Object.assign(Proto.decode(source.proto), { project });
  const codec = CODECS[source.kind] as SourceCodec<DeclaredSource>;
  const isSameKind = existing?.type === codec.type && decodeDataSource(existing).kind === source.kind;
  const kept = isSameKind ? cloneMessage(Proto, existing) : undefined;
  const nested = (batch: BatchSource) =>
    projectedSource(
      encodeDataSource(batch, '', (kept?.batchSource ?? undefined) as feast.core.DataSource | undefined, now),
    );
  return Object.assign(kept ?? new Proto(), {
    type: codec.type,
    name: source.name,
    project,
    description: source.description,
    tags: { ...source.tags },
    owner: source.owner,
    timestampField: source.timestampField,
    createdTimestampColumn: source.createdTimestampColumn,
    fieldMapping: { ...source.fieldMapping },
    dataSourceClassType: codec.classOf(source),
    meta: stamp(kept?.meta ?? new SourceMeta(), now),
    ...codec.encode(source, kept, nested),
  }) as feast.core.DataSource;
}

/** The copy of a registered source that a feature view embeds: without the project, with the class. */
export function embeddedSource(proto: feast.core.DataSource): feast.core.DataSource {
  return Object.assign(cloneMessage(Proto, proto), { project: '' });
}

/** The copy that other sources and projections embed: without the class too, where Python knows it by the type. */
export function projectedSource(proto: feast.core.DataSource): feast.core.DataSource {
  const copy = embeddedSource(proto);
  return ALWAYS_CLASSED.includes(copy.type) ? copy : Object.assign(copy, { dataSourceClassType: '' });
}

/** The definition of a data source; an opaque one where no definition can say what the proto says. */
export function decodeDataSource(proto: SourceProto): DataSource {
  const codec = codecOf(proto);
  const source = codec?.decode(proto, basePart(proto), decodeNested);
  return source === undefined ? opaqueSource(proto, sourceTypeOf(proto)) : frozen(source);
}

/** A source that stands within another; undefined where that cannot be read. */
function decodeNested(proto: SourceProto): BatchSource | undefined {
  const source = decodeDataSource(proto);
  return isBatch(source) && source.kind !== 'opaque_source' ? source : undefined;
}

function isBatch(source: DataSource): source is BatchSource {
  return !['push_source', 'kafka_source', 'kinesis_source', 'request_source'].includes(source.kind);
}

/** A source of rows; one that is none becomes opaque, so that nobody reads it. */
export function decodeBatchSource(proto: SourceProto): BatchSource {
  const source = decodeDataSource(proto);
  return isBatch(source) ? source : opaqueSource(proto, sourceTypeOf(proto));
}

/** A source through which rows come in; one that is none becomes opaque. */
export function decodeStreamSource(proto: SourceProto): StreamSource {
  const source = decodeDataSource(proto);
  return isStreamSource(source) ? source : opaqueSource(proto, sourceTypeOf(proto));
}

export function decodeRequestSource(proto: SourceProto): RequestSource | undefined {
  const source = decodeDataSource(proto);
  return source.kind === 'request_source' ? source : undefined;
}

function codecOf(proto: SourceProto): SourceCodec<DeclaredSource> | undefined {
  if (proto.type === SourceType.CUSTOM_SOURCE && proto.dataSourceClassType === POSTGRESQL_CLASS) {
    return POSTGRESQL_CODEC as SourceCodec<never>;
  }
  const candidates = Object.values(CODECS) as SourceCodec<never>[];
  return candidates.find((codec) => codec.type === proto.type && codec !== POSTGRESQL_CODEC);
}

/** A source that is carried along, and named by `sourceType` when somebody wants to read rows of it. */
export function opaqueSource(proto: SourceProto, sourceType: string): OpaqueSource {
  return frozen({
    kind: 'opaque_source',
    ...basePart(proto),
    sourceType,
    proto: Proto.encode(proto).finish(),
  });
}

function basePart(proto: SourceProto): DataSourceBase {
  return {
    name: proto.name ?? '',
    description: proto.description ?? '',
    tags: { ...proto.tags },
    owner: proto.owner ?? '',
    timestampField: proto.timestampField ?? '',
    createdTimestampColumn: proto.createdTimestampColumn ?? '',
    fieldMapping: { ...proto.fieldMapping },
  };
}

function sourceTypeOf(proto: SourceProto): string {
  if (proto.type === SourceType.BATCH_FILE) return 'FileSource in Delta format';
  if (proto.dataSourceClassType) return proto.dataSourceClassType.split('.').at(-1)!;
  return SourceType[proto.type ?? 0] ?? `type ${proto.type}`;
}
