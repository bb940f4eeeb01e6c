import type { Knex } from 'knex';
import type { Interval } from '../../clock/timetable.js';
import type { BackfillStep } from '../../run/plan-backfill.js';
import type { NewBackfill, NewRun } from '../records.js';
import type { BackfillTable } from '../run-store.js';
import { type RunRow, runRecord } from './rows.js';
import { insertRun } from './run-insertion.js';
import type { Sql } from './sql.js';
import { clearTasks } from './task-clearing.js';
import type { Versions } from './versions.js';

const runsAbout = (db: Knex, dagId: string, from: number, to: number): Promise<RunRow[]> =>
  db('runs')
    .where({ dag_id: dagId })
    .whereBetween('interval_start', [from, to])
    .orderBy('interval_start')
    .orderBy('logical_date');

/** Clears a run as part of a backfill. */
async function clearRun(db: Knex, runKey: number, backfill: number, now: number): Promise<void> {
  await db('runs').where({ id: runKey }).update({ type: 'backfill', backfill_key: backfill });
  await db('tasks').where({ run_key: runKey }).update({ backfill: 1 });
  await clearTasks(db, runKey, await db('tasks').where({ run_key: runKey }).pluck('task_id'), now);
}

async function writeSteps(
  db: Knex,
  versions: Versions,
  { dagId, from, to, ...backfill }: NewBackfill,
  steps: readonly BackfillStep[],
  newRun: (interval: Interval, logicalDate: number) => NewRun,
  now: number,
): Promise<void> {
  const inserted: { id: number }[] = await db('backfills')
    .insert({
      dag_id: dagId,
      from_date: from,
      to_date: to,
      reprocess: backfill.reprocess,
      backwards: backfill.backwards ? 1 : 0,
      max_active_runs: backfill.maxActiveRuns,
      created_at: now,
    })
    .returning('id');
  const key = inserted[0]!.id;
  for (const { action, interval, run } of steps) {
    if (action === 'clear') await clearRun(db, run!.key, key, now);
    if (action !== 'create') continue;
    // Where a run about another interval has the logical date, the next free millisecond, as for scheduled runs.
    for (let at = interval.start; !(await insertRun(db, versions, newRun(interval, at), now, key)); at++);
  }
}

export function backfillQueries(sql: Sql, versions: Versions): BackfillTable {
  return {
    listRunsAbout: (dagId, from, to) =>
      sql.read(async (db) => (await runsAbout(db, dagId, from, to)).map(runRecord)),

    createBackfill: (backfill, now, plan, newRun) =>
      sql.write(async (db) => {
        const existing = await runsAbout(db, backfill.dagId, backfill.from, backfill.to);
        const steps = plan(existing.map(runRecord));
        if (steps.some(({ action }) => action !== 'skip')) {
          await writeSteps(db, versions, backfill, steps, newRun, now);
        }
        return steps;
      }),
  };
}
