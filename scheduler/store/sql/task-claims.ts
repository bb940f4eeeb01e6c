import type { Knex } from 'knex';
import { ancestorsOf } from '../../run/lineage.js';
import { type ActiveCounts, type Candidate, taskName } from '../../run/plan-starts.js';
import { assertTaskTransition } from '../../run/transitions.js';
import type { ClaimedTask } from '../records.js';
import type { ClaimOptions } from '../run-store.js';
import { freeSlots } from './pool-queries.js';
import { ACTIVE_TASKS, pausedDags, READY_TASKS } from './predicates.js';
import { type RunRow, runRecord, type TaskRow } from './rows.js';
import type { Sql } from './sql.js';
import type { Versions } from './versions.js';

const MIN_PAGE = 32;

/** DAGs, tasks and pools that have no place left. */
interface Full {
  readonly dags: Set<string>;
  readonly tasks: (readonly [dagId: string, taskId: string])[];
  /** slots left, by pool: what takes more waits */
  readonly pools: Map<string, number>;
}

async function activeCounts(db: Knex): Promise<ActiveCounts> {
  const rows: { dag_id: string; task_id: string; n: number }[] = await db('tasks')
    .whereRaw(ACTIVE_TASKS)
    .groupBy('dag_id', 'task_id')
    .select('dag_id', 'task_id', db.raw('count(*) AS n'));
  const byDag = new Map<string, number>();
  const byTask = new Map<string, number>();
  for (const { dag_id, task_id, n } of rows) {
    byDag.set(dag_id, (byDag.get(dag_id) ?? 0) + Number(n));
    byTask.set(taskName(dag_id, task_id), Number(n));
  }
  return { byDag, byTask, freeSlots: await freeSlots(db) };
}

interface CandidateRow {
  id: number;
  dag_id: string;
  task_id: string;
  pool: string | null;
  pool_slots: number;
  version: string;
}

async function nextPage(db: Knex, versions: Versions, full: Full, size: number): Promise<Candidate[]> {
  const version = db('runs').whereRaw('runs.id = tasks.run_key').select('version').as('version');
  const query = db('tasks')
    .whereRaw(READY_TASKS)
    .whereNotIn('dag_id', pausedDags(db))
    .whereNotIn('dag_id', [...full.dags])
    .orderBy([
      { column: 'backfill' },
      { column: 'priority', order: 'desc' },
      { column: 'logical_date' },
      { column: 'id' },
    ])
    .limit(size)
    .select('id', 'dag_id', 'task_id', 'pool', 'pool_slots', version);
  for (const [dag_id, task_id] of full.tasks) {
    query.whereNot((one) => one.where({ dag_id, task_id }));
  }
  for (const [pool, left] of full.pools) {
    query.whereNot((one) => one.whereNotNull('pool').where({ pool }).where('pool_slots', '>', left));
  }
  const rows: CandidateRow[] = await query;
  const candidates: Candidate[] = [];
  for (const row of rows) {
    const spec = await versions.spec(db, row.dag_id, row.version);
    const task = spec.tasks.find(({ taskId }) => taskId === row.task_id);
    candidates.push({
      key: row.id,
      dagId: row.dag_id,
      taskId: row.task_id,
      maxActiveTasks: spec.maxActiveTasks,
      maxActive: task?.maxActive ?? null,
      pool: row.pool,
      poolSlots: row.pool_slots,
    });
  }
  return candidates;
}

async function claim(db: Knex, versions: Versions, key: number, options: ClaimOptions): Promise<ClaimedTask> {
  const row: TaskRow = await db('tasks').where({ id: key }).first();
  const run = runRecord((await db('runs').where({ id: row.run_key }).first()) as RunRow);
  const spec = await versions.spec(db, run.dagId, run.version);
  const task = spec.tasks.find(({ taskId }) => taskId === row.task_id)!;
  const number = row.attempts + 1;
  const { attemptId, logFile } = options.name(run, row.task_id, number);
  assertTaskTransition(row.state, 'queued', `task ${row.task_id} of run ${run.runId} of DAG ${run.dagId}`);
  await db('tasks')
    .where({ id: key })
    .update({ state: 'queued', attempts: number, started_at: null, ended_at: null });
  await db('attempts').insert({
    attempt_id: attemptId,
    task_key: key,
    number,
    state: 'running',
    owner: options.owner,
    started_at: options.now,
    log_file: logFile,
  });
  const before = ancestorsOf(spec, row.task_id);
  const values: { task_id: string; value: string }[] =
    before.size === 0 ? [] : await db('xcom').where({ run_key: run.key }).select('task_id', 'value');
  const xcom = Object.fromEntries(
    values.filter((one) => before.has(one.task_id)).map((one) => [one.task_id, JSON.parse(one.value)]),
  );
  const bundle = await versions.bundle(db, run.dagId, run.version);
  return { attemptId, number, logFile, task, run, bundle, xcom };
}

/** See AttemptTable.claimTasks. */
export async function claimTasks(
  sql: Sql,
  versions: Versions,
  options: ClaimOptions,
): Promise<ClaimedTask[]> {
  // Most passes find nothing ready, and then no write lock is taken.
  const ready = await sql.read((db) => db('tasks').whereRaw(READY_TASKS).first('id'));
  if (ready === undefined || options.free === 0) return [];
  return sql.write(async (db) => {
    const active = await activeCounts(db);
    const full: Full = { dags: new Set(), tasks: [], pools: new Map() };
    const claimed: ClaimedTask[] = [];
    // More than there are places, for some are held back by a limit.
    const size = Math.max(2 * options.free, MIN_PAGE);
    for (;;) {
      const candidates = await nextPage(db, versions, full, size);
      const plan = options.plan(candidates, active, options.free - claimed.length);
      for (const key of plan.start) claimed.push(await claim(db, versions, key, options));
      if (claimed.length === options.free || candidates.length < size) return claimed;
      for (const dagId of plan.fullDags) full.dags.add(dagId);
      full.tasks.push(...plan.fullTasks);
      for (const [pool, left] of plan.fullPools) full.pools.set(pool, left);
    }
  });
}
