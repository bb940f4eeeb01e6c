import type { Database, Statement } from 'better-sqlite3';
import { packedAt } from '../../encoding/index.js';
import type { EncodedBatch } from '../encoded-batch.js';
import type { WriteResult } from '../online-store.js';
import {
  type BatchLayout,
  LENGTH_DIGITS,
  layoutOf,
  NULL_LENGTH,
  NULL_SECONDS,
  packBatch,
  secondsOf,
  sortedByName,
  TIME_DIGITS,
} from './batch-layout.js';
import { quoted } from './tables.js';

/** A stored row that is newer than the one about to be written: what the guard of OnlineStore leaves alone. */
const STORED_IS_NEWER = (stored: string, eventTime: string, createdTime: string) =>
  `(${stored}.event_ts > ${eventTime} OR (${stored}.event_ts = ${eventTime} AND ifnull(${stored}.created_ts, ${NULL_SECONDS}) > ifnull(${createdTime}, ${NULL_SECONDS})))`;

/** Writes batches to one table; keeps the statement of the last layout, which most often serves the next. */
export interface BatchWriter {
  /** within a transaction of the caller's */
  write(batch: EncodedBatch): WriteResult;
}

export function batchWriter(database: Database, table: string): BatchWriter {
  let last: { sql: string; statement: Statement } | undefined;
  const prepare = (sql: string) => {
    if (last?.sql !== sql) last = { sql, statement: database.prepare(sql) };
    return last.statement;
  };

  function write(batch: EncodedBatch): WriteResult {
    const layout = layoutOf(batch);
    let changes = 0;
    if (layout !== undefined) {
      const blob = packBatch(batch, layout);
      changes = prepare(insertOf(table, layout)).run({ blob, size: blob.length }).changes;
    } else {
      changes = writeRows(database, table, batch);
    }
    const skippedOlder =
      changes === batch.rowCount * batch.features.length ? 0 : countNewer(database, table, batch);
    return { written: batch.rowCount - skippedOlder, skippedOlder };
  }
  return { write };
}

/**
 * The statement that takes a blob of this layout apart: one pass, in the order of the table's indexes. LIMIT -1
 * keeps SQLite from merging the subquery into the join, so that a key and its times are taken once an entity.
 */
function insertOf(table: string, layout: BatchLayout): string {
  // substr counts from 1
  const field = (place: string, length: number | undefined) =>
    `substr(@blob, ${place} + ${LENGTH_DIGITS + 1}, ${length ?? `nullif(CAST(substr(@blob, ${place} + 1, ${LENGTH_DIGITS}) AS INTEGER), ${NULL_LENGTH})`})`;
  const time = (place: number) =>
    `nullif(CAST(substr(@blob, at + ${place + 1}, ${TIME_DIGITS}) AS INTEGER), ${NULL_SECONDS})`;
  const features = layout.features.map(
    ({ name, value, text }) => `('${name.replaceAll("'", "''")}', ${value.place}, ${text?.place ?? 'NULL'})`,
  );
  const [first] = layout.features;
  const sameLength = layout.features.every(({ value }) => value.length === first?.value.length);
  return `
    INSERT INTO ${quoted(table)} AS stored (entity_key, feature_name, value, value_text, event_ts, created_ts)
    WITH RECURSIVE
      block(at) AS (SELECT 0 UNION ALL SELECT at + ${layout.stride} FROM block WHERE at + ${layout.stride} < @size),
      feature(name, value, text) AS (VALUES ${features.join(', ')})
    SELECT entity.key, feature.name,
      ${field('entity.at + feature.value', sameLength ? first?.value.length : undefined)},
      CAST(${field('entity.at + feature.text', undefined)} AS TEXT), entity.event_ts, entity.created_ts
    FROM (
      SELECT at, ${field(`at + ${layout.key.place}`, layout.key.length)} AS key,
        ${time(layout.times)} AS event_ts, ${time(layout.times + TIME_DIGITS)} AS created_ts
      FROM block LIMIT -1
    ) AS entity CROSS JOIN feature WHERE true
    ${onConflict()}`;
}

function onConflict(): string {
  return `ON CONFLICT (entity_key, feature_name) DO UPDATE SET value = excluded.value,
    value_text = excluded.value_text, event_ts = excluded.event_ts, created_ts = excluded.created_ts
    WHERE NOT ${STORED_IS_NEWER('stored', 'excluded.event_ts', 'excluded.created_ts')}`;
}

/** For values too long for a layout. */
function writeRows(database: Database, table: string, batch: EncodedBatch): number {
  const statement = database.prepare(`
    INSERT INTO ${quoted(table)} AS stored (entity_key, feature_name, value, value_text, event_ts, created_ts)
    VALUES (?, ?, ?, ?, ?, nullif(?, ${NULL_SECONDS})) ${onConflict()}`);
  const features = sortedByName(batch.features);
  let changes = 0;
  for (let i = 0; i < batch.rowCount; i++) {
    const key = packedAt(batch.keys, i);
    const times = timesOf(batch, i);
    for (const { name, values, text } of features) {
      const value = packedAt(values, i);
      const shown =
        text === undefined || value.length === 0 ? null : Buffer.from(packedAt(text, i)).toString('utf8');
      changes += statement.run(key, name, value, shown, ...times).changes;
    }
  }
  return changes;
}

/** Entities of which every feature stored is newer than the batch: those that were left alone. */
function countNewer(database: Database, table: string, batch: EncodedBatch): number {
  const names = JSON.stringify(batch.features.map((feature) => feature.name));
  const statement = database
    .prepare(
      `SELECT count(*) FROM ${quoted(table)} AS stored WHERE entity_key = @key
        AND feature_name IN (SELECT value FROM json_each(@names))
        AND ${STORED_IS_NEWER('stored', '@eventTime', '@createdTime')}`,
    )
    .pluck();
  let newer = 0;
  for (let i = 0; i < batch.rowCount; i++) {
    const [eventTime, createdTime] = timesOf(batch, i);
    const stored = statement.get({ key: packedAt(batch.keys, i), names, eventTime, createdTime });
    if (stored === batch.features.length) newer++;
  }
  return newer;
}

function timesOf(batch: EncodedBatch, row: number): [number, number] {
  const created = batch.createdTimes?.[row];
  return [secondsOf(batch.eventTimes[row]!), created === undefined ? NULL_SECONDS : secondsOf(created)];
}
