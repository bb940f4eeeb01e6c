/** The tables of Feast's SQL registry. Feast: infra/registry/sql.py:120-289. */
import { type Codec, feast } from '../../codec/index.js';
import type { Collection } from '../collections.js';

const { core } = feast;

/** A table with one registered object a row. */
export interface ObjectTable {
  readonly collection: Collection;
  readonly table: string;
  /** columns of the object's name and its bytes */
  readonly nameColumn: string;
  readonly protoColumn: string;
  readonly codec: Codec<object, object>;
  /** where the proto names its project; a project's own proto does not */
  readonly projectIn: 'spec' | 'object' | undefined;
  /** Feast leaves the project out of what it stores, except in views; their rows have more columns too */
  readonly isView: boolean;
}

function objectTable(
  collection: Collection,
  table: string,
  prefix: string,
  codec: unknown,
  projectIn: ObjectTable['projectIn'] = 'spec',
): ObjectTable {
  return {
    collection,
    table,
    nameColumn: `${prefix}_name`,
    protoColumn: `${prefix}_proto`,
    codec: codec as Codec<object, object>,
    projectIn,
    isView: prefix === 'feature_view',
  };
}

export const OBJECT_TABLES: readonly ObjectTable[] = [
  objectTable('projects', 'projects', 'project', core.Project, undefined),
  objectTable('entities', 'entities', 'entity', core.Entity),
  objectTable('dataSources', 'data_sources', 'data_source', core.DataSource, 'object'),
  objectTable('featureViews', 'feature_views', 'feature_view', core.FeatureView),
  objectTable('streamFeatureViews', 'stream_feature_views', 'feature_view', core.StreamFeatureView),
  objectTable('onDemandFeatureViews', 'on_demand_feature_views', 'feature_view', core.OnDemandFeatureView),
  objectTable('labelViews', 'label_views', 'feature_view', core.LabelView),
  objectTable('featureServices', 'feature_services', 'feature_service', core.FeatureService),
  objectTable('savedDatasets', 'saved_datasets', 'saved_dataset', core.SavedDataset),
  objectTable(
    'validationReferences',
    'validation_references',
    'validation_reference',
    core.ValidationReference,
    'object',
  ),
  objectTable('permissions', 'permissions', 'permission', core.Permission, 'object'),
];

export const HISTORY_TABLE = 'feature_view_version_history';
export const INFRA_TABLE = 'managed_infra';
/** Feast: sql.py, update_infra. */
export const INFRA_NAME = 'infra_obj';
export const METADATA_TABLE = 'feast_metadata';

interface Owned {
  project?: string | null;
  spec?: Owned | null;
}

/** The object as it is stored: with or without its project, as Feast does. The proto is left as it was. */
export function encodeRow(table: ObjectTable, proto: object, project: string): Buffer {
  const owner = ownerPart(table, proto);
  if (owner === undefined) return bytesOf(table.codec.encode(proto).finish());
  const before = owner.project;
  if (table.isView) owner.project = project;
  else delete owner.project;
  const bytes = bytesOf(table.codec.encode(proto).finish());
  if (before !== undefined) owner.project = before;
  return bytes;
}

/** The object of a row, with the project the row belongs to. @throws what the codec throws */
export function decodeRow(table: ObjectTable, bytes: Uint8Array, project: string): object {
  const proto = table.codec.decode(bytes);
  const owner = ownerPart(table, proto);
  if (owner !== undefined) owner.project = project;
  return proto;
}

function ownerPart(table: ObjectTable, proto: object): Owned | undefined {
  if (table.projectIn === undefined) return undefined;
  const owned = proto as Owned;
  return table.projectIn === 'spec' ? (owned.spec ?? undefined) : owned;
}

function bytesOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
