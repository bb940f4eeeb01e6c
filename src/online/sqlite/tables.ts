import type { Database } from 'better-sqlite3';

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Creates a view's table and index as Feast does (sqlite.py update), to the letter; leaves existing ones alone. */
export function createTable(database: Database, table: string): void {
  database.exec(
    `CREATE TABLE IF NOT EXISTS ${quoted(table)} (entity_key BLOB, feature_name TEXT, value BLOB, value_text TEXT, vector_value BLOB, event_ts timestamp, created_ts timestamp, PRIMARY KEY(entity_key, feature_name))`,
  );
  database.exec(`CREATE INDEX IF NOT EXISTS ${quoted(`${table}_ek`)} ON ${quoted(table)} (entity_key)`);
}

export function dropTable(database: Database, table: string): void {
  database.exec(`DROP TABLE IF EXISTS ${quoted(table)}`);
}
