import type { Knex } from 'knex';
import { backfillLane, liveLane, type QueuedRun } from '../../run/plan-run-starts.js';
import { runLimit } from '../../run/plan-tick.js';
import type { RunState } from '../../run/states.js';
import type { RunTable, ScheduleMove } from '../run-store.js';
import { readDag } from './dag-queries.js';
import {
  ACTIVE_BACKFILL_RUNS,
  ACTIVE_RUNS,
  DUE_DAGS,
  idleDags,
  pausedDags,
  WAITING_TASKS,
} from './predicates.js';
import { type DagRow, nextColumns, type RunRow, runRecord, type TaskRow, taskRecord } from './rows.js';
import { insertRun } from './run-insertion.js';
import { lookAtRun, writeRun } from './run-look.js';
import type { Sql } from './sql.js';
import { clearTasks } from './task-clearing.js';
import type { Versions } from './versions.js';

async function moveSchedule(db: Knex, dagId: string, { position, next }: ScheduleMove): Promise<void> {
  await db('dags')
    .where({ dag_id: dagId })
    .update({
      position_end: position?.end ?? null,
      position_schedule: position?.schedule ?? null,
      ...nextColumns(next),
    });
}

/** Runs that are queued or running, by DAG, without backfills. */
async function countLiveRuns(db: Knex, state?: RunState): Promise<Map<string, number>> {
  const rows: { dag_id: string; n: number }[] = await db('runs')
    .whereRaw(ACTIVE_RUNS)
    .whereNull('backfill_key')
    .where(state === undefined ? {} : { state })
    .groupBy('dag_id')
    .select('dag_id', db.raw('count(*) AS n'));
  return new Map(rows.map((row) => [row.dag_id, Number(row.n)]));
}

const dueRows = (db: Knex) => db('dags').whereRaw(DUE_DAGS);

async function queuedLiveRuns(db: Knex, versions: Versions): Promise<QueuedRun[]> {
  const rows: RunRow[] = await db('runs')
    .whereRaw(ACTIVE_RUNS)
    .where({ state: 'queued' })
    .whereNull('backfill_key')
    .whereNotIn('dag_id', idleDags(db));
  const queued: QueuedRun[] = [];
  for (const row of rows) {
    const limit = runLimit(await versions.spec(db, row.dag_id, row.version));
    queued.push({ key: row.id, lane: liveLane(row.dag_id), limit, backfill: false, order: row.logical_date });
  }
  return queued;
}

/** Of each backfill no more than may run at once: it may have thousands. */
async function queuedBackfillRuns(db: Knex): Promise<QueuedRun[]> {
  const backfills: { id: number; backwards: number; max_active_runs: number }[] = await db(
    'backfills',
  ).whereIn(
    'id',
    db('runs').whereRaw(ACTIVE_BACKFILL_RUNS).where({ state: 'queued' }).distinct().select('backfill_key'),
  );
  const queued: QueuedRun[] = [];
  for (const { id, backwards, max_active_runs: limit } of backfills) {
    const rows: RunRow[] = await db('runs')
      .whereRaw(ACTIVE_BACKFILL_RUNS)
      .where({ backfill_key: id, state: 'queued' })
      .whereNotIn('dag_id', idleDags(db))
      .orderBy('logical_date', backwards === 1 ? 'desc' : 'asc')
      .limit(limit);
    for (const row of rows) {
      const order = backwards === 1 ? -row.logical_date : row.logical_date;
      queued.push({ key: row.id, lane: backfillLane(id), limit, backfill: true, order });
    }
  }
  return queued;
}

/** How many runs of each lane are running. */
async function runningRuns(db: Knex): Promise<Map<string, number>> {
  const live = await countLiveRuns(db, 'running');
  const backfills: { backfill_key: number; n: number }[] = await db('runs')
    .whereRaw(ACTIVE_BACKFILL_RUNS)
    .where({ state: 'running' })
    .groupBy('backfill_key')
    .select('backfill_key', db.raw('count(*) AS n'));
  return new Map([
    ...[...live].map(([dagId, n]) => [liveLane(dagId), n] as const),
    ...backfills.map((row) => [backfillLane(row.backfill_key), Number(row.n)] as const),
  ]);
}

export function runQueries(sql: Sql, versions: Versions): RunTable {
  return {
    dueDags: (now) =>
      sql.read(async (db) => {
        const rows: DagRow[] = await dueRows(db).where('next_run_at', '<=', now).orderBy('next_run_at');
        if (rows.length === 0) return [];
        const active = await countLiveRuns(db);
        const due = [];
        for (const row of rows) {
          due.push({ dag: await readDag(db, versions, row), activeRuns: active.get(row.dag_id) ?? 0 });
        }
        return due;
      }),

    createRun: (run, now, move) =>
      sql.write(async (db) => {
        const created = await insertRun(db, versions, run, now);
        if (created && move !== undefined) await moveSchedule(db, run.dagId, move);
        return created;
      }),

    moveSchedule: (dagId, move) => sql.write((db) => moveSchedule(db, dagId, move)),

    startRuns: async (now, plan) => {
      // Most passes find nothing queued, and then no write lock is taken.
      const waiting = await sql.read((db) =>
        db('runs').whereRaw(ACTIVE_RUNS).where({ state: 'queued' }).first('id'),
      );
      if (waiting === undefined) return [];
      return sql.write(async (db) => {
        const queued = [...(await queuedLiveRuns(db, versions)), ...(await queuedBackfillRuns(db))];
        const keys = plan(queued, await runningRuns(db));
        const started = [];
        for (const key of keys) {
          const row: RunRow = await db('runs').where({ id: key }).first();
          const run = await writeRun(db, row, 'running', { started_at: now, look_at: now });
          started.push(runRecord(run));
        }
        return started;
      });
    },

    runsToLookAt: (now, limit) =>
      sql.read((db) =>
        db('runs')
          .where('look_at', '<=', now)
          .where({ state: 'running' })
          .whereNotIn('dag_id', pausedDags(db))
          .orderBy('look_at')
          .limit(limit)
          .pluck('id'),
      ),

    lookAtRun: (key, now, plan) => sql.write((db) => lookAtRun(db, versions, key, now, plan)),

    nextWake: () =>
      sql.read(async (db) => {
        const due = await dueRows(db).min('next_run_at as at').first();
        const look = await db('runs')
          .whereNotNull('look_at')
          .where({ state: 'running' })
          .whereNotIn('dag_id', pausedDags(db))
          .min('look_at as at')
          .first();
        return { due: due?.at ?? null, look: look?.at ?? null };
      }),

    nextRetry: () =>
      sql.read(async (db) => {
        const retry = await db('tasks')
          .whereRaw(WAITING_TASKS)
          .whereNotIn('dag_id', pausedDags(db))
          .min('retry_at as at')
          .first();
        return retry?.at ?? null;
      }),

    getRun: (dagId, runId) =>
      sql.read(async (db) => {
        const row: RunRow | undefined = await db('runs').where({ dag_id: dagId, run_id: runId }).first();
        return row && runRecord(row);
      }),

    getRunOf: (dagId, logicalDate) =>
      sql.read(async (db) => {
        const row: RunRow | undefined = await db('runs')
          .where({ dag_id: dagId, logical_date: logicalDate })
          .first();
        return row && runRecord(row);
      }),

    listRuns: (filter = {}) =>
      sql.read(async (db) => {
        const query = db('runs').limit(filter.limit ?? 100);
        if (filter.states !== undefined) query.whereIn('state', filter.states);
        if (filter.dagId === undefined) query.orderBy('id', 'desc');
        else query.where({ dag_id: filter.dagId }).orderBy('logical_date', 'desc');
        const rows: RunRow[] = await query;
        return rows.map(runRecord);
      }),

    countUnfinishedRuns: () =>
      sql.read(async (db) => {
        const found = await db('runs').whereRaw(ACTIVE_RUNS).count('* as n').first();
        return Number(found?.n);
      }),

    listTasks: (runKey) =>
      sql.read(async (db) => {
        const rows: (TaskRow & { value: string | null })[] = await db('tasks')
          .leftJoin('xcom', { 'xcom.run_key': 'tasks.run_key', 'xcom.task_id': 'tasks.task_id' })
          .where({ 'tasks.run_key': runKey })
          .orderBy('tasks.id')
          .select('tasks.*', 'xcom.value');
        return rows.map((row) => taskRecord(row, row.value));
      }),

    clearTasks: (runKey, taskIds, now) => sql.write((db) => clearTasks(db, runKey, taskIds, now)),
  };
}
