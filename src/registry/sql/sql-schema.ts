/** Feast's schema, as SQLAlchemy makes it on each database: golden/registry_sql_ddl.json. */
import { CodedError } from '../../shared/errors.js';
import type { SqlSession } from './sql-session.js';
import { HISTORY_TABLE, INFRA_TABLE, METADATA_TABLE, OBJECT_TABLES } from './sql-tables.js';
import type { Dialect } from './sql-url.js';

interface Table {
  /** name and type, in Feast's order; PROTO stands for the dialect's type of protos */
  readonly columns: readonly (readonly [string, string])[];
  readonly primaryKey: readonly string[];
  readonly index: string;
}

const PROJECT = ['project_id', 'VARCHAR(255) NOT NULL'] as const;
const UPDATED = ['last_updated_timestamp', 'BIGINT NOT NULL'] as const;

const TABLES: Readonly<Record<string, Table>> = {
  ...Object.fromEntries(
    OBJECT_TABLES.map(({ table, nameColumn, protoColumn, isView }) => {
      const proto = [protoColumn, 'PROTO NOT NULL'] as const;
      if (table === 'projects') {
        const columns = [PROJECT, [nameColumn, 'VARCHAR(255) NOT NULL'], UPDATED, proto] as const;
        return [table, { columns, primaryKey: ['project_id'], index: 'idx_projects_project_id' }];
      }
      const columns = [
        [nameColumn, 'VARCHAR(255) NOT NULL'] as const,
        PROJECT,
        UPDATED,
        ...(table === 'feature_views' ? [['materialized_intervals', 'PROTO'] as const] : []),
        proto,
        ...(isView ? [['user_metadata', 'PROTO'] as const] : []),
      ];
      return [table, { columns, primaryKey: [nameColumn, 'project_id'], index: `idx_${table}_project_id` }];
    }),
  ),
  [INFRA_TABLE]: {
    columns: [['infra_name', 'VARCHAR(255) NOT NULL'], PROJECT, UPDATED, ['infra_proto', 'PROTO NOT NULL']],
    primaryKey: ['infra_name', 'project_id'],
    index: 'idx_managed_infra_project_id',
  },
  [HISTORY_TABLE]: {
    columns: [
      ['feature_view_name', 'VARCHAR(255) NOT NULL'],
      PROJECT,
      ['version_number', 'INTEGER NOT NULL'],
      ['feature_view_type', 'VARCHAR(50) NOT NULL'],
      ['feature_view_proto', 'PROTO NOT NULL'],
      ['created_timestamp', 'BIGINT NOT NULL'],
      ['description', 'TEXT'],
      ['version_id', 'VARCHAR(36) NOT NULL'],
    ],
    primaryKey: ['feature_view_name', 'project_id', 'version_number'],
    index: 'idx_fv_version_history_project_id',
  },
  [METADATA_TABLE]: {
    columns: [
      PROJECT,
      ['metadata_key', 'VARCHAR(50) NOT NULL'],
      ['metadata_value', 'TEXT NOT NULL'],
      UPDATED,
    ],
    primaryKey: ['project_id', 'metadata_key'],
    index: 'idx_feast_metadata_project_id',
  },
};

export const TABLE_COUNT = Object.keys(TABLES).length;

const PROTO_TYPE: Readonly<Record<Dialect, string>> = {
  postgres: 'BYTEA',
  mysql: 'LONGBLOB',
  sqlite: 'BLOB',
};

/** The statements that make some of the tables, with their indexes. */
export function createStatements(dialect: Dialect, tables: readonly string[]): string[] {
  return tables.flatMap((table) => {
    const { columns, primaryKey, index } = TABLES[table]!;
    const lines = columns.map(([name, type]) => `${name} ${type.replace('PROTO', PROTO_TYPE[dialect])}`);
    return [
      `CREATE TABLE ${table} (${lines.join(', ')}, PRIMARY KEY (${primaryKey.join(', ')}))`,
      `CREATE INDEX ${index} ON ${table} (project_id)`,
    ];
  });
}

/** Names and columns of the tables that a connection sees without naming a schema. */
const COLUMNS_QUERY: Readonly<Record<Dialect, string>> = {
  postgres: `SELECT c.relname AS table_name, a.attname AS column_name FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p', 'v', 'f') AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`,
  mysql: `SELECT table_name AS table_name, column_name AS column_name FROM information_schema.columns
    WHERE table_schema = DATABASE()`,
  sqlite: `SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master m, pragma_table_info(m.name) c
    WHERE m.type IN ('table', 'view')`,
};

/**
 * Which of the registry's tables do not exist.
 * @throws CodedError REGISTRY_SCHEMA when a table of that name belongs to something else
 */
export async function missingTables(session: SqlSession): Promise<string[]> {
  const rows = await session.query<{ table_name: string; column_name: string }>(
    COLUMNS_QUERY[session.dialect],
  );
  const found = new Map<string, Set<string>>();
  for (const { table_name: table, column_name: column } of rows) {
    if (!(table in TABLES)) continue;
    found.set(table, (found.get(table) ?? new Set()).add(column));
  }
  for (const [table, columns] of found) {
    const lacking = TABLES[table]!.columns.map(([name]) => name).filter((name) => !columns.has(name));
    if (lacking.length === 0) continue;
    throw new CodedError(
      'REGISTRY_SCHEMA',
      `registry ${session.place}: the table ${table} there has no column ${lacking.join(', ')}: it is not Feast's, or of a Feast too old. Nothing was changed; name another database or schema in registry.path`,
    );
  }
  return Object.keys(TABLES).filter((table) => !found.has(table));
}
