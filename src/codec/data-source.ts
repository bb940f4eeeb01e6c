import { formatOfPath } from '../definitions/file-source.js';
import type { DataSource, FileSource, OpaqueSource } from '../definitions/index.js';
import { cloneMessage, feast } from './feast.js';
import { stamp } from './meta.js';

const { DataSource: Proto } = feast.core;
const { FileOptions, SourceMeta, SourceType } = Proto;

const FILE_SOURCE_CLASS = 'feast.infra.offline_stores.file_source.FileSource';

/** Feast's protos have no word for CSV; where the path does not tell either, this tag does. */
const FORMAT_TAG = 'feast-scheduler:file_format';

/**
 * The proto of a data source, as it stands in the registry's list of sources. Feast: data_source.py,
 * file_source.py; Parquet leaves file_format unset.
 * @param existing what the registry holds: its creation time, and fields unknown here, are kept
 * @param now microseconds since the epoch
 */
export function encodeDataSource(
  source: FileSource,
  project: string,
  existing: feast.core.DataSource | undefined,
  now: bigint,
): feast.core.DataSource {
  const kept = existing?.type === SourceType.BATCH_FILE ? cloneMessage(Proto, existing) : undefined;
  const proto = kept ?? new Proto();
  const formatTag = source.format === formatOfPath(source.path) ? {} : { [FORMAT_TAG]: source.format };
  Object.assign(proto, {
    type: SourceType.BATCH_FILE,
    name: source.name,
    project,
    description: source.description,
    tags: { ...source.tags, ...formatTag },
    owner: source.owner,
    timestampField: source.timestampField,
    createdTimestampColumn: source.createdTimestampColumn,
    fieldMapping: { ...source.fieldMapping },
    fileOptions: Object.assign(kept?.fileOptions ?? new FileOptions(), { uri: source.path }),
    dataSourceClassType: FILE_SOURCE_CLASS,
    meta: stamp(kept?.meta ?? new SourceMeta(), now),
  });
  return proto;
}

/** The copy of a registered source that a feature view embeds: without the project, with the class. */
export function embeddedSource(proto: feast.core.DataSource): feast.core.DataSource {
  return Object.assign(cloneMessage(Proto, proto), { project: '' });
}

/** The copy that a projection of a feature service embeds: without the class too. */
export function projectedSource(proto: feast.core.DataSource): feast.core.DataSource {
  return Object.assign(embeddedSource(proto), { dataSourceClassType: '' });
}

export function decodeDataSource(proto: feast.core.DataSource.$Properties): DataSource {
  const fileFormat = proto.fileOptions?.fileFormat;
  const isPlainFile =
    proto.type === SourceType.BATCH_FILE && (fileFormat?.deltaFormat ?? undefined) === undefined;
  if (!isPlainFile) return opaqueSource(proto, sourceTypeOf(proto));
  const { [FORMAT_TAG]: format, ...tags } = proto.tags ?? {};
  const path = proto.fileOptions?.uri ?? '';
  return Object.freeze({
    kind: 'file_source',
    ...commonPart(proto),
    tags: Object.freeze(tags),
    path,
    format: format === 'csv' || format === 'parquet' ? format : formatOfPath(path),
  });
}

/** A source that is carried along, and named by `sourceType` when somebody wants to read rows of it. */
export function opaqueSource(proto: feast.core.DataSource.$Properties, sourceType: string): OpaqueSource {
  return Object.freeze({
    kind: 'opaque_source',
    ...commonPart(proto),
    sourceType,
    proto: Proto.encode(proto).finish(),
  });
}

function commonPart(proto: feast.core.DataSource.$Properties) {
  return {
    name: proto.name ?? '',
    description: proto.description ?? '',
    tags: Object.freeze({ ...proto.tags }),
    owner: proto.owner ?? '',
    timestampField: proto.timestampField ?? '',
    createdTimestampColumn: proto.createdTimestampColumn ?? '',
    fieldMapping: Object.freeze({ ...proto.fieldMapping }),
  };
}

function sourceTypeOf(proto: feast.core.DataSource.$Properties): string {
  if (proto.type === SourceType.BATCH_FILE) return 'FileSource in Delta format';
  if (proto.dataSourceClassType) return proto.dataSourceClassType.split('.').at(-1)!;
  return SourceType[proto.type ?? 0] ?? `type ${proto.type}`;
}
