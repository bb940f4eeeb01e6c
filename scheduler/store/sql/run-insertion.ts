import type { Knex } from 'knex';
import type { NewRun } from '../records.js';
import type { Versions } from './versions.js';

const ROWS_A_STATEMENT = 100;

/**
 * Writes a queued run with its tasks; within a transaction.
 * @param backfill the backfill it belongs to
 * @returns false where the DAG has a run for this logical date already; then nothing is written
 */
export async function insertRun(
  db: Knex,
  versions: Versions,
  run: NewRun,
  now: number,
  backfill: number | null = null,
): Promise<boolean> {
  const inserted: { id: number }[] = await db('runs')
    .insert({
      dag_id: run.dagId,
      run_id: run.runId,
      version: run.version,
      type: run.type,
      state: 'queued',
      logical_date: run.logicalDate,
      interval_start: run.intervalStart,
      interval_end: run.intervalEnd,
      params: JSON.stringify(run.params),
      created_at: now,
      backfill_key: backfill,
    })
    .onConflict()
    .ignore()
    .returning('id');
  const key = inserted[0]?.id;
  if (key === undefined) return false;
  const spec = await versions.spec(db, run.dagId, run.version);
  const rows = spec.tasks.map((task) => ({
    run_key: key,
    dag_id: run.dagId,
    task_id: task.taskId,
    state: 'none',
    attempts: 0,
    failures: 0,
    backfill: run.type === 'backfill' ? 1 : 0,
    priority: task.priorityWeight,
    logical_date: run.logicalDate,
  }));
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    await db('tasks').insert(rows.slice(at, at + ROWS_A_STATEMENT));
  }
  return true;
}
