import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { CodedError } from '../../../src/shared/errors.js';
import type { Sql } from '../sql/sql.js';
import { knexOver } from './sqlite-client.js';
import { translateSqliteError } from './sqlite-errors.js';

/** Marks a SQLite file as ours ("FSCH"); SQLite keeps it in the file's header. */
const APPLICATION_ID = 0x46534348;

export interface SqliteOptions {
  /** how long to wait for another process's write, milliseconds; default 5,000 */
  readonly busyTimeoutMs?: number;
}

function claimFile(database: Database.Database, file: string): void {
  const id = database.pragma('application_id', { simple: true });
  if (id === APPLICATION_ID) return;
  const tables = database.prepare('SELECT name FROM sqlite_master LIMIT 3').pluck().all();
  if (id !== 0 || tables.length > 0) {
    throw new CodedError(
      'STATE_DATABASE_FOREIGN',
      `${file} is a SQLite database of something else (${tables.length > 0 ? `it holds ${tables.join(', ')}` : `application id ${id}`}); it was left as it is. Name another file as state database.`,
    );
  }
  database.pragma(`application_id = ${APPLICATION_ID}`);
}

function connect(file: string, busyTimeoutMs: number): Database.Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file, { timeout: busyTimeoutMs });
  try {
    claimFile(database, file);
    // A killed process loses nothing in WAL mode; a power cut at most the last transactions, never consistency.
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens a SQLite file, created where it is missing.
 * @throws CodedError STATE_DATABASE_FOREIGN, _CORRUPT, _LOCKED, _FULL, _UNAVAILABLE
 */
export function openSqlite(file: string, options: SqliteOptions = {}): Sql & { database: Database.Database } {
  const translated = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw translateSqliteError(error, file);
    }
  };
  let database: Database.Database;
  try {
    database = connect(file, options.busyTimeoutMs ?? 5000);
  } catch (error) {
    throw translateSqliteError(error, file);
  }
  const db = knexOver(database);
  return {
    database,
    read: (work) => translated(() => work(db)),
    write: (work) => translated(() => db.transaction((tx) => work(tx))),
    checkIntegrity: () =>
      translated(async () => {
        const found = database.pragma('integrity_check') as { integrity_check: string }[];
        return found.map((row) => row.integrity_check).filter((line) => line !== 'ok');
      }),
    close: () => db.destroy(),
  };
}
