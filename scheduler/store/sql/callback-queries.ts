import type { Knex } from 'knex';
import type { CallbackKind } from '../../dag/callbacks.js';
import type { PendingCallback } from '../records.js';
import type { CallbackTable } from '../run-store.js';
import { type AttemptRow, attemptRecord, type RunRow, runRecord, type TaskRow } from './rows.js';
import type { Sql } from './sql.js';
import type { Versions } from './versions.js';

interface CallbackRow {
  id: number;
  run_key: number;
  task_key: number | null;
  attempt: number;
  kind: CallbackKind;
}

/** Notes that a callback is to be called, where `has` names it; within the transaction of what it tells of. */
export async function insertCallback(
  db: Knex,
  has: readonly CallbackKind[] | undefined,
  kind: CallbackKind,
  about: { run_key: number; task_key: number | null; attempt: number },
): Promise<void> {
  if (has?.includes(kind)) await db('callbacks').insert({ ...about, kind });
}

async function readCallback(db: Knex, versions: Versions, row: CallbackRow): Promise<PendingCallback> {
  const run: RunRow = await db('runs').where({ id: row.run_key }).first();
  const task: TaskRow | undefined =
    row.task_key === null ? undefined : await db('tasks').where({ id: row.task_key }).first();
  const attempt: AttemptRow | undefined =
    row.task_key === null
      ? undefined
      : await db('attempts').where({ task_key: row.task_key, number: row.attempt }).first();
  const values: { task_id: string; value: string }[] = await db('xcom').where({ run_key: run.id });
  return {
    key: row.id,
    kind: row.kind,
    run: runRecord(run),
    taskId: task?.task_id ?? null,
    attempt: row.attempt,
    error: attempt === undefined ? null : attemptRecord(attempt).error,
    bundle: await versions.bundle(db, run.dag_id, run.version),
    xcom: Object.fromEntries(values.map((one) => [one.task_id, JSON.parse(one.value)])),
  };
}

export function callbackQueries(sql: Sql, versions: Versions): CallbackTable {
  return {
    pendingCallbacks: (limit, without) =>
      sql.read(async (db) => {
        const rows: CallbackRow[] = await db('callbacks')
          .whereNotIn('id', without)
          .orderBy('id')
          .limit(limit);
        const pending: PendingCallback[] = [];
        for (const row of rows) pending.push(await readCallback(db, versions, row));
        return pending;
      }),

    finishCallback: (key) =>
      sql.write(async (db) => {
        await db('callbacks').where({ id: key }).delete();
      }),
  };
}
