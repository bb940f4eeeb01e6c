import type { Knex } from 'knex';

/**
 * Conditions of the partial indexes, word for word and without placeholders: only then does SQLite see that a
 * query may use the index. They are part of migrations.ts: to change one takes a new migration.
 */
export const DUE_DAGS = "dags.state = 'active' AND dags.paused = 0 AND dags.next_run_at IS NOT NULL";
export const ACTIVE_RUNS = "runs.state IN ('queued', 'running')";
export const ACTIVE_BACKFILL_RUNS = "runs.backfill_key IS NOT NULL AND runs.state IN ('queued', 'running')";
export const READY_TASKS = "tasks.state = 'scheduled'";
export const ACTIVE_TASKS = "tasks.state IN ('queued', 'running', 'restarting')";
export const WAITING_TASKS = 'tasks.retry_at IS NOT NULL';
export const HELD_ATTEMPTS = "attempts.state = 'running'";

/**
 * DAGs whose tasks are not started, and whose runs are not looked at. To be excluded with NOT IN rather than
 * joined: from a join SQLite may walk from the DAG to all the runs it ever had.
 */
export function pausedDags(db: Knex) {
  return db('dags').where({ paused: 1 }).select('dag_id');
}

/** DAGs of which no run is started. */
export function idleDags(db: Knex) {
  return pausedDags(db).orWhereNot({ state: 'active' });
}
