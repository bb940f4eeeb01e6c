/** What a SQL registry holds, as rows and as a Registry proto. */
import { createHash } from 'node:crypto';
import { feast, timestampOf } from '../../codec/index.js';
import { CodedError } from '../../shared/errors.js';
import type { RegistryProto } from '../collections.js';
import type { RegistryScope } from '../registry-backend.js';
import { emptyRegistry } from '../registry-bytes.js';
import type { SqlSession } from './sql-session.js';
import {
  decodeRow,
  HISTORY_TABLE,
  INFRA_TABLE,
  METADATA_TABLE,
  OBJECT_TABLES,
  type ObjectTable,
} from './sql-tables.js';

const { FeatureViewVersionHistory, FeatureViewVersionRecord, Infra, ProjectMetadata } = feast.core;

/** Rows of one registry, or of the part of it that a scope names. */
export interface StoredRows {
  /** made from the rows */
  readonly registry: RegistryProto;
  /** bytes by table and rowKey */
  readonly objects: ReadonlyMap<ObjectTable, ReadonlyMap<string, Buffer>>;
  /** by rowKey and version number */
  readonly history: ReadonlyMap<string, HistoryRow>;
  /** by project */
  readonly infra: ReadonlyMap<string, Buffer>;
  /** the project each object of `registry.infra` was stored with */
  readonly infraOwners: ReadonlyMap<object, string>;
  readonly metadata: readonly MetadataRow[];
}

export interface MetadataRow {
  readonly project_id: string;
  readonly metadata_key: string;
  readonly metadata_value: string;
  readonly last_updated_timestamp: number | string;
}

export interface HistoryRow {
  readonly feature_view_name: string;
  readonly project_id: string;
  readonly version_number: number;
  readonly feature_view_type: string;
  readonly feature_view_proto: Buffer;
  readonly created_timestamp: number | string;
  readonly description: string | null;
  readonly version_id: string;
}

/** Feast: sql.py, FeastMetadataKeys. */
export const UUID_KEY = 'project_uuid';
export const UPDATED_KEY = 'last_updated_timestamp';
/** Of the row with no project that every change of this engine writes: Feast's own rows count whole seconds. */
export const VERSION_KEY = 'version_id';

export function rowKey(project: string, name: string, version?: number): string {
  return JSON.stringify(version === undefined ? [project, name] : [project, name, version]);
}

export interface ReadOptions {
  /** undefined: everything */
  readonly scope: RegistryScope | undefined;
  /** tables that do not exist hold nothing */
  readonly missing: readonly string[];
  /**
   * Keeps others, Python Feast too, from changing these rows until the transaction ends; and reads what comes along
   * with a scope.
   */
  readonly forChange: boolean;
}

/** @throws CodedError REGISTRY_CORRUPT for a row that cannot be decoded */
export async function readRows(session: SqlSession, options: ReadOptions): Promise<StoredRows> {
  const { scope, missing, forChange } = options;
  const registry = emptyRegistry();
  const tail = forChange && session.dialect !== 'sqlite' ? ' FOR UPDATE' : '';
  const select = <T>(table: string, columns: string, where: string, bindings: readonly string[] = []) =>
    missing.includes(table)
      ? Promise.resolve<T[]>([])
      : session.query<T>(`SELECT ${columns} FROM ${table}${where}${tail}`, bindings);

  const objects = new Map<ObjectTable, Map<string, Buffer>>();
  for (const table of OBJECT_TABLES) {
    const condition =
      scope === undefined ? { where: '', bindings: [] } : conditionOf(table, scope, forChange);
    if (condition === undefined) continue;
    const columns = `${table.nameColumn} AS name, project_id AS project, ${table.protoColumn} AS proto`;
    const rows = await select<ObjectRow>(table.table, columns, condition.where, condition.bindings);
    objects.set(table, addObjects(registry, table, rows, session.place));
  }

  const views = scope?.objects.filter(({ collection }) => collection.endsWith('Views')) ?? [];
  const history = new Map<string, HistoryRow>();
  if (scope === undefined || (forChange && views.length > 0)) {
    const names = views.some(({ name }) => name === undefined) ? [] : views.map(({ name }) => name!);
    const where = scope === undefined ? '' : whereIn('feature_view_name', names);
    const bindings = scope === undefined ? [] : [scope.project, ...names];
    const rows = await select<HistoryRow>(HISTORY_TABLE, '*', where, bindings);
    addHistory(registry, rows, history);
  }

  const infra = new Map<string, Buffer>();
  const infraOwners = new Map<object, string>();
  if (scope === undefined) {
    const columns = 'infra_name AS name, project_id AS project, infra_proto AS proto';
    const rows = await select<ObjectRow>(INFRA_TABLE, columns, '');
    addInfra(registry, rows, infra, infraOwners, session.place);
  }

  const metadata = scope === undefined || forChange ? await readMetadata(session, missing) : [];
  for (const { project_id: project, metadata_key: key, metadata_value: value } of metadata) {
    if (key !== UUID_KEY) continue;
    registry.projectMetadata.push(new ProjectMetadata({ project, projectUuid: value }));
  }
  stampVersion(registry, metadata);
  return { registry, objects, history, infra, infraOwners, metadata };
}

interface ObjectRow {
  readonly name: string;
  readonly project: string;
  readonly proto: Buffer;
}

/** Which rows of a table a scope names; undefined: none. */
function conditionOf(table: ObjectTable, { project, objects }: RegistryScope, forChange: boolean) {
  if (table.collection === 'projects' && forChange)
    return { where: ' WHERE project_id = ?', bindings: [project] };
  const wanted = objects.filter(({ collection }) => collection === table.collection);
  if (wanted.length === 0) return undefined;
  const names = wanted.some(({ name }) => name === undefined) ? [] : wanted.map(({ name }) => name!);
  return { where: whereIn(table.nameColumn, names), bindings: [project, ...names] };
}

/** Rows of one project; with names, only those. */
function whereIn(column: string, names: readonly string[]): string {
  const part = names.length === 0 ? '' : ` AND ${column} IN (${names.map(() => '?').join(', ')})`;
  return ` WHERE project_id = ?${part}`;
}

function addObjects(registry: RegistryProto, table: ObjectTable, rows: ObjectRow[], place: string) {
  const stored = new Map<string, Buffer>();
  const list = registry[table.collection] as object[];
  // a database promises no order
  rows.sort((a, b) => compare(a.project, b.project) || compare(a.name, b.name));
  for (const { name, project, proto } of rows) {
    stored.set(rowKey(project, name), proto);
    list.push(decoded(table.table, name, project, place, () => decodeRow(table, proto, project)));
  }
  return stored;
}

function addHistory(registry: RegistryProto, rows: HistoryRow[], history: Map<string, HistoryRow>): void {
  if (rows.length === 0) return;
  rows.sort(
    (a, b) =>
      compare(a.project_id, b.project_id) ||
      compare(a.feature_view_name, b.feature_view_name) ||
      a.version_number - b.version_number,
  );
  const records = rows.map((row) => {
    history.set(rowKey(row.project_id, row.feature_view_name, row.version_number), row);
    return new FeatureViewVersionRecord({
      featureViewName: row.feature_view_name,
      projectId: row.project_id,
      versionNumber: row.version_number,
      featureViewType: row.feature_view_type,
      featureViewProto: row.feature_view_proto,
      createdTimestamp: timestampOf(BigInt(row.created_timestamp) * 1_000_000n),
      description: row.description ?? '',
      versionId: row.version_id,
    });
  });
  registry.featureViewVersionHistory = new FeatureViewVersionHistory({ records });
}

/** Feast keeps one row a project; a Registry has one list for all of them. */
function addInfra(
  registry: RegistryProto,
  rows: ObjectRow[],
  infra: Map<string, Buffer>,
  owners: Map<object, string>,
  place: string,
): void {
  for (const { name, project, proto } of rows.sort((a, b) => compare(a.project, b.project))) {
    infra.set(project, proto);
    const { infraObjects } = decoded(INFRA_TABLE, name, project, place, () => Infra.decode(proto));
    for (const object of infraObjects ?? []) owners.set(object, project);
    registry.infra ??= new Infra();
    registry.infra.infraObjects = [...(registry.infra.infraObjects ?? []), ...(infraObjects ?? [])];
  }
}

function decoded<T>(table: string, name: string, project: string, place: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new CodedError(
      'REGISTRY_CORRUPT',
      `registry ${place}: "${name}" of project "${project}" in the table ${table} cannot be decoded. Nothing was changed; restore the row from a backup, or delete it and apply again`,
      { cause },
    );
  }
}

export async function readMetadata(session: SqlSession, missing: readonly string[]): Promise<MetadataRow[]> {
  if (missing.includes(METADATA_TABLE)) return [];
  const rows = await session.query<MetadataRow>(`SELECT * FROM ${METADATA_TABLE}`);
  return rows.sort((a, b) => compare(a.project_id, b.project_id) || compare(a.metadata_key, b.metadata_key));
}

/** Feast's tables have no place for a registry's version: it is made of the rows that every change touches. */
export function stampVersion(registry: RegistryProto, metadata: readonly MetadataRow[]): void {
  registry.versionId = versionOf(metadata);
  const seconds = Math.max(0, ...metadata.map((row) => Number(row.last_updated_timestamp)));
  if (seconds > 0) registry.lastUpdated = timestampOf(BigInt(seconds) * 1_000_000n);
}

/** Text in the form of a UUID that is other whenever the metadata is; empty where there is none. */
export function versionOf(metadata: readonly MetadataRow[]): string {
  if (metadata.length === 0) return '';
  const texts = metadata.map((row) => [row.project_id, row.metadata_key, row.metadata_value]);
  const digest = createHash('sha256').update(JSON.stringify(texts)).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
