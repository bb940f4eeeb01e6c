import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EncodedBatch } from '../encoded-batch.js';
import type { WriteResult } from '../online-store.js';
import { COPIED_COLUMNS, copyRows } from './copy-rows.js';

const STAGING = 'pg_temp.feast_scheduler_batch';
const UNIQUE_VIOLATION = '23505';

/** A stored row that is newer than the one about to be written: what the guard of OnlineStore leaves alone. */
const STORED_IS_NEWER = (stored: string, written: string) =>
  `(${stored}.event_ts, coalesce(${stored}.created_ts, '-infinity')) > (${written}.event_ts, coalesce(${written}.created_ts, '-infinity'))`;

/** What a connection needs before writeStaged. @throws what pg throws */
export async function createStaging(client: Client): Promise<void> {
  await client.query(
    `CREATE TEMPORARY TABLE IF NOT EXISTS feast_scheduler_batch (entity_key BYTEA, feature_name TEXT, value BYTEA, value_text TEXT, event_ts TIMESTAMPTZ, created_ts TIMESTAMPTZ) ON COMMIT DELETE ROWS`,
  );
}

/** Runs `use` in a transaction. @throws what it throws, after a rollback */
export async function inTransaction<T>(client: Client, use: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await use();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // a connection that broke has rolled back, and says so again
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/**
 * Copies a batch into a table, for the first load of one that holds nothing: half the work of writeStaged.
 * @param table quoted, with its schema
 * @returns false, with nothing written, if the table holds a row of the batch
 */
export async function writeNew(client: Client, table: string, batch: EncodedBatch): Promise<boolean> {
  try {
    await inTransaction(client, () => copy(client, table, batch));
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return false;
    throw error;
  }
}

/** Copies a batch beside the table and from there into it, but for rows of which it holds a newer one. */
export async function writeStaged(client: Client, table: string, batch: EncodedBatch): Promise<WriteResult> {
  return inTransaction(client, async () => {
    await copy(client, STAGING, batch);
    // the staged rows come in the order of the key: so two writers lock rows in one order
    const { rowCount } = await client.query(`INSERT INTO ${table} AS stored (${COPIED_COLUMNS})
      SELECT ${COPIED_COLUMNS} FROM ${STAGING}
      ON CONFLICT (entity_key, feature_name) DO UPDATE SET value = excluded.value,
        value_text = excluded.value_text, event_ts = excluded.event_ts, created_ts = excluded.created_ts
        WHERE NOT ${STORED_IS_NEWER('stored', 'excluded')}`);
    const { length } = batch.features;
    const skippedOlder = rowCount === batch.rowCount * length ? 0 : await countNewer(client, table, length);
    return { written: batch.rowCount - skippedOlder, skippedOlder };
  });
}

/** Entities of which every feature stored is newer than the batch: those that were left alone. */
async function countNewer(client: Client, table: string, features: number): Promise<number> {
  const { rows } = await client.query<[string]>({
    text: `SELECT count(*) FROM (SELECT staged.entity_key
      FROM ${STAGING} AS staged JOIN ${table} AS stored USING (entity_key, feature_name)
      WHERE ${STORED_IS_NEWER('stored', 'staged')} GROUP BY staged.entity_key HAVING count(*) = ${features}) AS newer`,
    rowMode: 'array',
  });
  return Number(rows[0]![0]);
}

async function copy(client: Client, table: string, batch: EncodedBatch): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${table} (${COPIED_COLUMNS}) FROM STDIN (FORMAT binary)`));
  await pipeline(Readable.from(copyRows(batch), { objectMode: false }), stream);
}
