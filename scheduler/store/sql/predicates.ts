/**
 * Conditions of the partial indexes, word for word and without placeholders: only then does SQLite see that a
 * query may use the index. They are part of migrations.ts: to change one takes a new migration.
 */
export const DUE_DAGS = "dags.state = 'active' AND dags.paused = 0 AND dags.next_run_at IS NOT NULL";
export const ACTIVE_RUNS = "runs.state IN ('queued', 'running')";
export const READY_TASKS = "tasks.state = 'scheduled'";
export const ACTIVE_TASKS = "tasks.state IN ('queued', 'running', 'restarting')";
export const HELD_ATTEMPTS = "attempts.state = 'running'";
