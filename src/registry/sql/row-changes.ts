/** What an edit of a registry changes in its rows. */
import { feast, microsOf } from '../../codec/index.js';
import { CodedError } from '../../shared/errors.js';
import { nameOf, projectOf, type RegistryProto } from '../collections.js';
import type { RegistryScope } from '../registry-backend.js';
import type { Row, RowShape } from './sql-rows.js';
import {
  decodeRow,
  encodeRow,
  HISTORY_TABLE,
  INFRA_NAME,
  INFRA_TABLE,
  METADATA_TABLE,
  OBJECT_TABLES,
  type ObjectTable,
} from './sql-tables.js';
import { rowKey, type StoredRows, UUID_KEY } from './stored-rows.js';

const { Infra } = feast.core;

/** Rows of one table that are to be written. */
export interface TableChanges {
  readonly shape: RowShape;
  readonly inserted: readonly Row[];
  readonly replaced: readonly Row[];
  readonly deleted: readonly Row['key'][];
}

export interface RowChanges {
  readonly tables: readonly TableChanges[];
  readonly projects: ReadonlySet<string>;
}

export const METADATA_SHAPE: RowShape = {
  table: METADATA_TABLE,
  key: ['project_id', 'metadata_key'],
  values: ['metadata_value', 'last_updated_timestamp'],
};

/**
 * Compares an edited registry with the rows it was made from. Pure. Only what really differs is written: what Python
 * encoded in another order of bytes stays as it is.
 * @param seconds now, since the epoch
 * @throws CodedError REGISTRY_UNWRITABLE for what Feast's tables cannot hold; Error when an edit left its scope
 */
export function planRows(
  draft: RegistryProto,
  stored: StoredRows,
  scope: RegistryScope | undefined,
  seconds: number,
): RowChanges {
  if (draft.featureTables.length > 0) {
    throw new CodedError(
      'REGISTRY_UNWRITABLE',
      `"${nameOf(draft.featureTables[0]!)}" is a feature table, which Feast gave up: a SQL registry has no table for it; delete it first`,
    );
  }
  const tables = OBJECT_TABLES.map((table) => objectChanges(table, draft, stored, scope, seconds));
  tables.push(historyChanges(draft, stored));
  if (scope === undefined) tables.push(infraChanges(draft, stored, seconds));
  // last, as Feast locks it last
  tables.push(metadataChanges(draft, stored, seconds));
  const changed = tables.filter(
    ({ inserted, replaced, deleted }) => inserted.length + replaced.length + deleted.length > 0,
  );
  return { tables: changed, projects: new Set(changed.flatMap(projectsIn)) };
}

function projectsIn({ shape, inserted, replaced, deleted }: TableChanges): string[] {
  const at = shape.key.indexOf('project_id');
  return [...inserted, ...replaced]
    .map(({ key }) => String(key[at]))
    .concat(deleted.map((key) => String(key[at])));
}

function objectChanges(
  table: ObjectTable,
  draft: RegistryProto,
  stored: StoredRows,
  scope: RegistryScope | undefined,
  seconds: number,
): TableChanges {
  const isProject = table.collection === 'projects';
  const shape: RowShape = {
    table: table.table,
    // a project's row is known by its id, and has its name beside it
    key: isProject ? ['project_id'] : [table.nameColumn, 'project_id'],
    values: [...(isProject ? [table.nameColumn] : []), 'last_updated_timestamp', table.protoColumn],
  };
  const before = stored.objects.get(table) ?? new Map<string, Buffer>();
  const [inserted, replaced]: [Row[], Row[]] = [[], []];
  const gone = new Set(before.keys());
  for (const proto of draft[table.collection] as object[]) {
    const [name, project] = [nameOf(proto), projectOf(table.collection, proto)];
    const key = rowKey(project, name);
    const bytes = encodeRow(table, proto, project);
    const old = before.get(key);
    gone.delete(key);
    if (old !== undefined && isSame(table, old, bytes, project)) continue;
    checkScope(table, project, name, old, scope);
    const row = isProject
      ? { key: [project], values: [name, seconds, bytes] }
      : { key: [name, project], values: [seconds, bytes] };
    (old === undefined ? inserted : replaced).push(row);
  }
  const deleted = [...gone].map((key) => {
    const [project, name] = JSON.parse(key) as [string, string];
    return isProject ? [project] : [name, project];
  });
  return { shape, inserted, replaced, deleted };
}

function isSame(table: ObjectTable, old: Buffer, bytes: Buffer, project: string): boolean {
  return old.equals(bytes) || encodeRow(table, decodeRow(table, old, project), project).equals(bytes);
}

function checkScope(
  { collection, table }: ObjectTable,
  project: string,
  name: string,
  old: Buffer | undefined,
  scope: RegistryScope | undefined,
): void {
  if (scope === undefined || old !== undefined || collection === 'projects') return;
  const isInside = scope.objects.some(
    (object) => object.collection === collection && (object.name === undefined || object.name === name),
  );
  if (isInside && project === scope.project) return;
  throw new Error(
    `an edit adds "${name}" of project "${project}" to ${table}, which its scope does not name`,
  );
}

function historyChanges(draft: RegistryProto, stored: StoredRows): TableChanges {
  const shape: RowShape = {
    table: HISTORY_TABLE,
    key: ['feature_view_name', 'project_id', 'version_number'],
    values: ['feature_view_type', 'feature_view_proto', 'created_timestamp', 'description', 'version_id'],
  };
  const [inserted, replaced]: [Row[], Row[]] = [[], []];
  const gone = new Map(stored.history);
  for (const record of draft.featureViewVersionHistory?.records ?? []) {
    const [name, project] = [record.featureViewName ?? '', record.projectId ?? ''];
    const version = record.versionNumber ?? 0;
    const key = rowKey(project, name, version);
    const old = stored.history.get(key);
    gone.delete(key);
    const proto = Buffer.from(record.featureViewProto ?? []);
    if (old?.version_id === record.versionId && old?.feature_view_proto.equals(proto)) continue;
    const seconds = Number(microsOf(record.createdTimestamp ?? {}) / 1_000_000n);
    const row = {
      key: [name, project, version],
      values: [record.featureViewType, proto, seconds, record.description ?? '', record.versionId],
    };
    (old === undefined ? inserted : replaced).push(row);
  }
  const deleted = [...gone.values()].map((row) => [
    row.feature_view_name,
    row.project_id,
    row.version_number,
  ]);
  return { shape, inserted, replaced, deleted };
}

/** A project's uuid; with it, everything else that is known of the project goes. */
function metadataChanges(draft: RegistryProto, stored: StoredRows, seconds: number): TableChanges {
  const [inserted, replaced]: [Row[], Row[]] = [[], []];
  const before = new Map(
    stored.metadata
      .filter((row) => row.metadata_key === UUID_KEY)
      .map((row) => [row.project_id, row.metadata_value]),
  );
  const gone = new Set(before.keys());
  for (const metadata of draft.projectMetadata) {
    const [project, projectUuid] = [metadata.project ?? '', metadata.projectUuid ?? ''];
    const old = before.get(project);
    gone.delete(project);
    if (old === projectUuid) continue;
    const row = { key: [project, UUID_KEY], values: [projectUuid, seconds] };
    (old === undefined ? inserted : replaced).push(row);
  }
  const deleted = stored.metadata
    .filter((row) => gone.has(row.project_id))
    .map((row) => [row.project_id, row.metadata_key]);
  return { shape: METADATA_SHAPE, inserted, replaced, deleted };
}

/** Feast keeps one row a project; an object that is new belongs to the project that its name starts with. */
function infraChanges(draft: RegistryProto, stored: StoredRows, seconds: number): TableChanges {
  const shape: RowShape = {
    table: INFRA_TABLE,
    key: ['infra_name', 'project_id'],
    values: ['last_updated_timestamp', 'infra_proto'],
  };
  const projects = draft.projects.map(nameOf).sort((a, b) => b.length - a.length);
  const ownerOf = (object: feast.core.InfraObject.$Properties) => {
    const name = object.sqliteTable?.name ?? object.datastoreTable?.name ?? '';
    return projects.find((project) => name.startsWith(`${project}_`) || name.startsWith(`${project}.`));
  };
  const owned = new Map<string, feast.core.InfraObject.$Properties[]>();
  for (const object of draft.infra?.infraObjects ?? []) {
    const project = stored.infraOwners.get(object) ?? ownerOf(object) ?? projects.at(-1) ?? '';
    owned.set(project, [...(owned.get(project) ?? []), object]);
  }
  const [inserted, replaced]: [Row[], Row[]] = [[], []];
  for (const project of new Set([...owned.keys(), ...stored.infra.keys()])) {
    const old = stored.infra.get(project);
    const infra = old === undefined ? new Infra() : Infra.decode(old);
    const before = Buffer.from(Infra.encode(infra).finish());
    infra.infraObjects = owned.get(project) ?? [];
    const bytes = Buffer.from(Infra.encode(infra).finish());
    if (old !== undefined && before.equals(bytes)) continue;
    const row = { key: [INFRA_NAME, project], values: [seconds, bytes] };
    (old === undefined ? inserted : replaced).push(row);
  }
  // the row of a project that went goes with it
  const isGone = (project: string) => !owned.has(project) && !projects.includes(project);
  const deleted = [...stored.infra.keys()].filter(isGone).map((project) => [INFRA_NAME, project]);
  const kept = replaced.filter(({ key }) => !isGone(String(key[1])));
  return { shape, inserted, replaced: kept, deleted };
}
