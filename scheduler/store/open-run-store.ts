import type { RunStore } from './run-store.js';
import { openSqlRunStore } from './sql/sql-run-store.js';
import { openSqlite, type SqliteOptions } from './sqlite/open-sqlite.js';

/**
 * Opens the state database: a SQLite file, created where it is missing, its schema brought up to date.
 * @throws CodedError STATE_DATABASE_FOREIGN, _NEWER, _CORRUPT, _LOCKED, _FULL, _UNAVAILABLE
 */
export async function openRunStore(file: string, options: SqliteOptions = {}): Promise<RunStore> {
  return openSqlRunStore(openSqlite(file, options), `the state database ${file}`);
}
