import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';
import type { BackendConfig } from '../../config/repo-config.js';
import { parseSection } from '../../config/section.js';
import type { FeatureView } from '../../definitions/index.js';
import type { EncodedBatch } from '../encoded-batch.js';
import type { InfraObject, OnlineStore, StoredRow, WriteResult } from '../online-store.js';
import { tableName } from '../table-name.js';
import { inTransaction, openDatabase } from './database.js';
import { missingTable, sqliteError } from './sqlite-errors.js';
import { createTable, dropTable, quoted } from './tables.js';
import { startWriterThread, type WriterThread } from './writer-thread.js';

const SECTION = z.strictObject({
  /** relative to the repository folder */
  path: z.string().min(1).default('data/online.db'),
  /** milliseconds to wait while another process writes */
  busy_timeout: z.int().min(0).max(2_147_483_647).default(30_000),
});

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
  const readers = new Map<string, Statement>();
  let database: Database | undefined;
  let writer: WriterThread | undefined;

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
          readers.delete(name);
        }
      });
    });
  }

  async function write(project: string, view: FeatureView, batch: EncodedBatch): Promise<WriteResult> {
    if (batch.rowCount === 0) return { written: 0, skippedOlder: 0 };
    const table = tableName(project, view.name);
    try {
      if (writer === undefined) {
        // whatever keeps the file from being opened is met here, where it has a name
        open(table);
        writer = startWriterThread({ path, busyTimeout: section.busy_timeout });
      }
      return await writer.write(table, batch);
    } catch (error) {
      throw sqliteError(error, path);
    }
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
      await writer?.close();
      writer = undefined;
      database?.close();
      database = undefined;
      readers.clear();
    },
  };
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
