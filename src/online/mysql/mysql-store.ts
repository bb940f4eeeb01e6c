import type { RowDataPacket } from 'mysql2/promise';
import type { BackendConfig } from '../../config/repo-config.js';
import type { FeatureView } from '../../definitions/index.js';
import type { EncodedBatch } from '../encoded-batch.js';
import { inTurn } from '../in-turn.js';
import type { InfraObject, OnlineStore, StoredRow, WriteResult } from '../online-store.js';
import { tableName } from '../table-name.js';
import { type Connections, openConnections } from './connections.js';
import { parseMysqlConfig, placeOf } from './mysql-config.js';
import { mysqlError } from './mysql-errors.js';
import { createTable, literal, quoted } from './tables.js';
import { writeBatch } from './write-batch.js';

/** Key in hex, feature, value, event time in seconds. */
type RawRow = [string, string, Buffer, string | number];

/**
 * The online store in MySQL or MariaDB, in Feast's format (infra/online_stores/mysql_online_store/mysql.py): a row
 * a feature value.
 *
 * Times are whole seconds from 1970 to 2038 there, so of two writes within one second of event time and created
 * time the later write stays. A batch is one transaction.
 * @throws CodedError CONFIG_UNKNOWN_KEY, CONFIG_INVALID_VALUE
 */
export async function openMysqlStore(backend: BackendConfig): Promise<OnlineStore> {
  const config = parseMysqlConfig(backend.section);
  const place = placeOf(config);
  const nextWrite = inTurn();
  let connections: Connections | undefined;

  async function guarded<T>(use: (connections: Connections) => Promise<T>): Promise<T> {
    try {
      connections ??= openConnections(config);
      return await use(connections);
    } catch (error) {
      const failure = mysqlError(error, place);
      // connections that broke do not mend; the next use opens new ones
      if (failure.code === 'ONLINE_STORE_UNREACHABLE') await close();
      throw failure;
    }
  }

  function infraFor(project: string, view: FeatureView): InfraObject {
    return { type: 'mysql table', name: tableName(project, view.name), location: place };
  }

  async function updateInfra(
    project: string,
    create: readonly FeatureView[],
    drop: readonly InfraObject[],
  ): Promise<void> {
    const ours = drop.filter(({ location }) => location === place);
    const statements = [
      ...create.map((view) => createTable(project, view)),
      ...ours.map(({ name }) => `DROP TABLE IF EXISTS ${quoted(name)}`),
    ];
    if (statements.length === 0) return;
    await guarded((connected) =>
      nextWrite(async () => {
        const connection = await connected.writer();
        for (const statement of statements) await connection.query(statement);
      }),
    );
  }

  async function write(project: string, view: FeatureView, batch: EncodedBatch): Promise<WriteResult> {
    if (batch.rowCount === 0) return { written: 0, skippedOlder: 0 };
    const table = quoted(tableName(project, view.name));
    return guarded((connected) => nextWrite(async () => writeBatch(await connected.writer(), table, batch)));
  }

  async function read(
    project: string,
    view: FeatureView,
    keys: readonly Uint8Array[],
    features: readonly string[],
  ): Promise<readonly (StoredRow | undefined)[]> {
    if (keys.length === 0 || features.length === 0) return keys.map(() => undefined);
    const wanted = keys.map((key) => Buffer.from(key).toString('hex'));
    const sql = `SELECT entity_key, feature_name, value, unix_timestamp(event_ts)
      FROM ${quoted(tableName(project, view.name))}
      WHERE entity_key IN (${wanted.map((key) => `'${key}'`).join(',')}) AND feature_name IN (${features.map(literal).join(',')})`;
    const [rows] = await guarded(({ readers }) => readers.query<RowDataPacket[]>({ sql, rowsAsArray: true }));
    const stored = new Map<string, { eventTime: Date; values: Map<string, Uint8Array> }>();
    for (const [key, name, value, time] of rows as unknown as RawRow[]) {
      const eventTime = new Date(Number(time) * 1000);
      const row = stored.get(key);
      if (row === undefined) stored.set(key, { eventTime, values: new Map([[name, value]]) });
      else {
        row.values.set(name, value);
        if (eventTime > row.eventTime) row.eventTime = eventTime;
      }
    }
    return wanted.map((key) => stored.get(key));
  }

  async function close(): Promise<void> {
    const opened = connections;
    connections = undefined;
    await opened?.close();
  }

  return { name: 'mysql', infraFor, updateInfra, write, read, close };
}
