import type { BackendConfig } from '../../config/repo-config.js';
import type { FeatureView } from '../../definitions/index.js';
import type { EncodedBatch } from '../encoded-batch.js';
import { inTurn } from '../in-turn.js';
import type { InfraObject, OnlineStore, StoredRow, WriteResult } from '../online-store.js';
import { tableName } from '../table-name.js';
import { type Connections, openConnections } from './connections.js';
import { parsePostgresConfig, placeOf } from './postgres-config.js';
import { postgresError } from './postgres-errors.js';
import { createTable, quoted } from './tables.js';
import { inTransaction, writeNew, writeStaged } from './write-batch.js';

/** Key in hex, feature, value in hex, event time in milliseconds. */
type RawRow = [string, string, string, string];

/**
 * The online store in PostgreSQL, in Feast's format (infra/online_stores/postgres_online_store/postgres.py): a row
 * a feature value. Times are kept to the microsecond. A batch is one transaction.
 * @param repoPath folder that relative paths of certificates start from
 * @throws CodedError CONFIG_UNKNOWN_KEY, CONFIG_MISSING_KEY, CONFIG_INVALID_VALUE, CONFIG_UNSUPPORTED
 */
export async function openPostgresStore(backend: BackendConfig, repoPath: string): Promise<OnlineStore> {
  const config = parsePostgresConfig(backend.section, repoPath);
  const place = placeOf(config);
  const nextWrite = inTurn();
  /** tables that held nothing when they were first written to, and into which every batch has gone so far */
  const fresh = new Map<string, boolean>();
  let connections: Promise<Connections> | undefined;

  async function guarded<T>(use: (connections: Connections) => Promise<T>): Promise<T> {
    try {
      connections ??= openConnections(config);
      return await use(await connections.catch(forget));
    } catch (error) {
      throw postgresError(error, place);
    }
  }

  function forget(error: unknown): never {
    connections = undefined;
    throw error;
  }

  const tableOf = (project: string, view: string) =>
    `${quoted(config.schema)}.${quoted(tableName(project, view))}`;

  function infraFor(project: string, view: FeatureView): InfraObject {
    return { type: 'postgres table', name: tableName(project, view.name), location: place };
  }

  async function updateInfra(
    project: string,
    create: readonly FeatureView[],
    drop: readonly InfraObject[],
  ): Promise<void> {
    const ours = drop.filter(({ location }) => location === place);
    if (create.length === 0 && ours.length === 0) return;
    const statements = [
      ...create.flatMap((view) => createTable(config.schema, project, view)),
      ...ours.map(({ name }) => `DROP TABLE IF EXISTS ${quoted(config.schema)}.${quoted(name)}`),
    ];
    await guarded(async (connected) => {
      await nextWrite(async () => {
        const client = await connected.writer();
        await inTransaction(client, async () => {
          // IF NOT EXISTS alone fails where two create at the same time
          await client.query("SELECT pg_advisory_xact_lock(hashtext('feast-scheduler online store'))");
          await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(config.schema)}`);
          for (const statement of statements) await client.query(statement);
        });
      });
    });
    fresh.clear();
  }

  async function write(project: string, view: FeatureView, batch: EncodedBatch): Promise<WriteResult> {
    if (batch.rowCount === 0) return { written: 0, skippedOlder: 0 };
    const table = tableOf(project, view.name);
    return guarded((connected) =>
      nextWrite(async () => {
        const client = await connected.writer();
        if (!fresh.has(table)) {
          const { rowCount } = await client.query(`SELECT 1 FROM ${table} LIMIT 1`);
          fresh.set(table, rowCount === 0);
        }
        if (fresh.get(table)) {
          if (await writeNew(client, table, batch)) return { written: batch.rowCount, skippedOlder: 0 };
          fresh.set(table, false);
        }
        return writeStaged(client, table, batch);
      }),
    );
  }

  async function read(
    project: string,
    view: FeatureView,
    keys: readonly Uint8Array[],
    features: readonly string[],
  ): Promise<readonly (StoredRow | undefined)[]> {
    const wanted = keys.map((key) => Buffer.from(key));
    const { rows } = await guarded(({ readers }) =>
      readers.query<RawRow>({
        text: `SELECT encode(entity_key, 'hex'), feature_name, encode(coalesce(value, ''), 'hex'), floor(extract(epoch FROM event_ts) * 1000)
          FROM ${tableOf(project, view.name)} WHERE entity_key = ANY($1) AND feature_name = ANY($2)`,
        values: [wanted, features],
        rowMode: 'array',
      }),
    );
    const stored = new Map<string, { eventTime: Date; values: Map<string, Uint8Array> }>();
    for (const [key, name, value, time] of rows) {
      const eventTime = new Date(Number(time));
      const row = stored.get(key);
      if (row === undefined)
        stored.set(key, { eventTime, values: new Map([[name, Buffer.from(value, 'hex')]]) });
      else {
        row.values.set(name, Buffer.from(value, 'hex'));
        if (eventTime > row.eventTime) row.eventTime = eventTime;
      }
    }
    return wanted.map((key) => stored.get(key.toString('hex')));
  }

  async function close(): Promise<void> {
    const opened = connections;
    connections = undefined;
    // one that never opened has told its opener why
    await (await opened?.catch(() => undefined))?.close();
  }

  return { name: 'postgres', infraFor, updateInfra, write, read, close };
}
