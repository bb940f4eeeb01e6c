import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { EncodedBatch } from '../encoded-batch.js';
import type { WriteResult } from '../online-store.js';
import { type InsertGroup, insertGroups, secondsOf } from './insert-rows.js';
import { literal } from './tables.js';

/** InnoDB locks gaps between rows too, so that writers can get in each other's way whatever their order. */
const DEADLOCK = 'ER_LOCK_DEADLOCK';
const ATTEMPTS = 10;

/**
 * Writes a batch in one transaction, and again where InnoDB chose it to end a deadlock.
 * @param table quoted
 * @throws what mysql2 throws; CodedError VALUE_INVALID
 */
export async function writeBatch(
  connection: Connection,
  table: string,
  batch: EncodedBatch,
): Promise<WriteResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeOnce(connection, table, batch);
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK || attempt === ATTEMPTS) throw error;
    }
  }
}

async function writeOnce(connection: Connection, table: string, batch: EncodedBatch): Promise<WriteResult> {
  let skippedOlder = 0;
  await connection.query('START TRANSACTION');
  try {
    for (const group of insertGroups(table, batch)) {
      const [header] = await connection.query<ResultSetHeader>(group.sql);
      if (leftAlone(header, group.rows.length * batch.features.length)) {
        skippedOlder += await countNewer(connection, table, batch, group);
      }
    }
    await connection.query('COMMIT');
  } catch (error) {
    // a connection that broke has rolled back, and says so again
    await connection.query('ROLLBACK').catch(() => {});
    throw error;
  }
  return { written: batch.rowCount - skippedOlder, skippedOlder };
}

/** Whether a stored row is as it was. An inserted row counts once among those affected, a changed one twice. */
function leftAlone({ affectedRows, info }: ResultSetHeader, rows: number): boolean {
  const changed = Number(/Duplicates: (\d+)/.exec(info)?.[1] ?? 0);
  return affectedRows - changed < rows;
}

/** Entities of which every feature stored is newer than the batch: those that were left alone. */
async function countNewer(
  connection: Connection,
  table: string,
  batch: EncodedBatch,
  { rows, keys }: InsertGroup,
): Promise<number> {
  const names = batch.features.map(({ name }) => literal(name)).join(',');
  const [stored] = await connection.query<RowDataPacket[]>({
    sql: `SELECT entity_key, unix_timestamp(event_ts), coalesce(unix_timestamp(created_ts), 0) FROM ${table}
      WHERE entity_key IN (${keys.map((key) => `'${key}'`).join(',')}) AND feature_name IN (${names})`,
    rowsAsArray: true,
  });
  const rowOf = new Map(keys.map((key, i) => [key, rows[i]!]));
  const newer = new Map<string, number>();
  for (const [key, event, created] of stored as unknown as [string, string, string][]) {
    const row = rowOf.get(key)!;
    const eventTime = secondsOf(batch.eventTimes[row]);
    const isNewer =
      Number(event) > eventTime ||
      (Number(event) === eventTime && Number(created) > secondsOf(batch.createdTimes?.[row]));
    if (isNewer) newer.set(key, (newer.get(key) ?? 0) + 1);
  }
  return [...newer.values()].filter((count) => count === batch.features.length).length;
}
