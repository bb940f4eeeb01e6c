import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import { z } from 'zod';
import type { BackendConfig } from '../../config/repo-config.js';
import { parseSection } from '../../config/section.js';
import type { FeatureView } from '../../definitions/index.js';
import type { EncodedBatch } from '../encoded-batch.js';
import type { InfraObject, OnlineStore, StoredRow, WriteResult } from '../online-store.js';
import { missingTable, sqliteError } from './sqlite-errors.js';
import { createTable, dropTable, quoted, tableName } from './tables.js';
import { type BatchWriter, batchWriter } from './write-batch.js';

const SECTION = z.strictObject({
  /** relative to the repository folder */
  path: z.string().min(1).default('data/online.db'),
  /** milliseconds to wait while another process writes */
  busy_timeout: z.int().min(0).max(2_147_483_647).default(30_000),
});

/** Bytes of a page of a new file: large ones load faster, and a read takes one either way. */
const PAGE_SIZE = 16_384;
/** Pages in the write-ahead log before they are moved to the file: 64 MB. */
const CHECKPOINT_PAGES = 4_000;
const CACHE_KIB = 65_536;

/** What the read statement gives: place of the key, newest event time in seconds, values as a JSON object in hex. */
type RawRow = [number, number, string];

/**
 * The online store in an SQLite file, in Feast's format (infra/online_stores/sqlite.py): a row a feature value.
 *
 * Times are whole seconds there, so of two writes within one second of event time and created time the later
 * write stays. The file is opened at the first use; only updateInfra creates it.
 * @param repoPath folder that a relative path starts from
 * @throws CodedError CONFIG_UNKNOWN_KEY, CONFIG_INVALID_VALUE
 */
export async function openSqliteStore(config: BackendConfig, repoPath: string): Promise<OnlineStore> {
  const section = parseSection(config.section, SECTION);
  const path = resolve(repoPath, section.path);
  const writers = new Map<string, BatchWriter>();
  const readers = new Map<string, Statement>();
  let database: Database | undefined;

  function open(table?: string): Database {
    if (database !== undefined) return database;
    if (table !== undefined && !existsSync(path)) throw missingTable(path, table);
    mkdirSync(dirname(path), { recursive: true });
    database = openDatabase(path, section.busy_timeout);
    return database;
  }

  /** Runs what touches the file; what SQLite throws comes out with a code. */
  function guarded<T>(use: () => T): T {
    try {
      return use();
    } catch (error) {
      throw sqliteError(error, path);
    }
  }

  function inTransaction<T>(connection: Database, use: () => T): T {
    connection.exec('BEGIN IMMEDIATE');
    try {
      const result = use();
      connection.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has rolled back by itself when the disk is full
      if (connection.inTransaction) connection.exec('ROLLBACK');
      throw error;
    }
  }

  function infraFor(project: string, view: FeatureView): InfraObject {
    return { type: 'sqlite table', name: tableName(project, view.name), location: path };
  }

  async function updateInfra(
    project: string,
    create: readonly FeatureView[],
    drop: readonly InfraObject[],
  ): Promise<void> {
    // a table in another file stays with that file: its path was configured away, its data were not
    const ours = drop.filter((object) => resolve(repoPath, object.location) === path);
    if (create.length === 0 && (ours.length === 0 || !existsSync(path))) return;
    guarded(() => {
      const connection = open();
      inTransaction(connection, () => {
        for (const view of create) createTable(connection, tableName(project, view.name));
        for (const { name } of ours) {
          dropTable(connection, name);
          writers.delete(name);
          readers.delete(name);
        }
      });
    });
  }

  async function write(project: string, view: FeatureView, batch: EncodedBatch): Promise<WriteResult> {
    if (batch.rowCount === 0) return { written: 0, skippedOlder: 0 };
    return guarded(() => {
      const table = tableName(project, view.name);
      const connection = open(table);
      const writer = writers.get(table) ?? batchWriter(connection, table);
      writers.set(table, writer);
      return inTransaction(connection, () => writer.write(batch));
    });
  }

  async function read(
    project: string,
    view: FeatureView,
    keys: readonly Uint8Array[],
    features: readonly string[],
  ): Promise<readonly (StoredRow | undefined)[]> {
    const names = JSON.stringify(features);
    return guarded(() => {
      const table = tableName(project, view.name);
      const statement = readers.get(table) ?? readStatement(open(table), table);
      readers.set(table, statement);
      const wanted = JSON.stringify(keys.map((key) => Buffer.from(key).toString('hex')));
      const stored: (StoredRow | undefined)[] = keys.map(() => undefined);
      for (const row of statement.all(wanted, names) as RawRow[]) stored[row[0]] = storedRow(row);
      return stored;
    });
  }

  return {
    name: 'sqlite',
    infraFor,
    updateInfra,
    write,
    read,
    close: async () => {
      database?.close();
      database = undefined;
      writers.clear();
      readers.clear();
    },
  };
}

function openDatabase(path: string, busyTimeout: number): Database {
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

/** One row an entity, values as text: a Buffer from the driver for each value takes half as long again. */
function readStatement(database: Database, table: string): Statement {
  return database
    .prepare(
      `SELECT wanted.key, max(event_ts), json_group_object(feature_name, hex(stored.value))
        FROM json_each(?) AS wanted CROSS JOIN ${quoted(table)} AS stored
        WHERE entity_key = unhex(wanted.value) AND feature_name IN (SELECT value FROM json_each(?))
        GROUP BY wanted.key`,
    )
    .raw();
}

function storedRow([, eventTime, json]: RawRow): StoredRow {
  const values = new Map<string, Uint8Array>();
  for (const [name, hex] of Object.entries(JSON.parse(json) as Record<string, string>)) {
    values.set(name, Buffer.from(hex, 'hex'));
  }
  return { eventTime: new Date(eventTime * 1000), values };
}
