import Sqlite, { type Database } from 'better-sqlite3';

/** Bytes of a page of a new file: large ones load faster, and a read takes one either way. */
const PAGE_SIZE = 16_384;
/** Pages in the write-ahead log before they are moved to the file: 64 MB. */
const CHECKPOINT_PAGES = 4_000;
const CACHE_KIB = 65_536;

/** Opens or creates the file of an online store. @throws what better-sqlite3 throws */
export function openDatabase(path: string, busyTimeout: number): Database {
  const database = new Sqlite(path, { timeout: busyTimeout });
  try {
    database.pragma(`page_size = ${PAGE_SIZE}`);
    database.pragma('journal_mode = WAL');
    // in WAL mode a crash of the machine can lose the last transactions, never damage the file
    database.pragma('synchronous = NORMAL');
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.pragma(`cache_size = -${CACHE_KIB}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Runs `use` in a transaction that holds the write lock from its start. */
export function inTransaction<T>(database: Database, use: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = use();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has rolled back by itself when the disk is full
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
