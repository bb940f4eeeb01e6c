import type { Knex } from 'knex';
import { isFinished } from '../../run/states.js';
import { taskCallback } from '../../run/task-callback.js';
import { assertAttemptTransition, assertTaskTransition } from '../../run/transitions.js';
import type { HeldAttempt } from '../records.js';
import type { AttemptEndRecord, AttemptTable } from '../run-store.js';
import { insertCallback } from './callback-queries.js';
import { HELD_ATTEMPTS } from './predicates.js';
import { type AttemptRow, attemptRecord, type RunRow, type TaskRow } from './rows.js';
import { wakeLaterRuns } from './run-look.js';
import type { Sql } from './sql.js';
import { claimTasks } from './task-claims.js';
import type { Versions } from './versions.js';

/** The lease: an attempt is written to only while it is running. */
const held = (db: Knex, attemptId: string) =>
  db('attempts').where({ attempt_id: attemptId, state: 'running' });

async function finishAttempt(
  db: Knex,
  versions: Versions,
  attemptId: string,
  now: number,
  plan: Parameters<AttemptTable['finishAttempt']>[2],
): Promise<AttemptEndRecord | undefined> {
  const attempt: AttemptRow | undefined = await held(db, attemptId).first();
  if (attempt === undefined) return undefined;
  const task: TaskRow = await db('tasks').where({ id: attempt.task_key }).first();
  const run: RunRow = await db('runs').where({ id: task.run_key }).first();
  const spec = await versions.spec(db, run.dag_id, run.version);
  const ended = { state: task.state, failures: task.failures, runState: run.state };
  const end = plan(ended, spec, task.task_id);
  const { outcome } = end;
  const what = `attempt ${attempt.number} of task ${task.task_id} of run ${run.run_id} of DAG ${run.dag_id}`;
  assertAttemptTransition(attempt.state, outcome.attempt, what);
  if (task.state !== outcome.task) assertTaskTransition(task.state, outcome.task, what);
  await held(db, attemptId).update({
    state: outcome.attempt,
    ended_at: now,
    error: end.error === null ? null : JSON.stringify(end.error),
  });
  await db('tasks')
    .where({ id: task.id })
    .update({
      state: outcome.task,
      failures: outcome.failures,
      retry_at: outcome.retryAt,
      ended_at: outcome.task === 'none' || outcome.task === 'scheduled' ? null : now,
    });
  if (outcome.attempt === 'success' && end.value !== undefined) {
    await db('xcom')
      .insert({ run_key: run.id, task_id: task.task_id, value: end.value })
      .onConflict(['run_key', 'task_id'])
      .merge();
  }
  const kind = taskCallback(outcome);
  if (kind !== null) {
    const has = spec.tasks.find(({ taskId }) => taskId === task.task_id)?.callbacks;
    await insertCallback(db, has, kind, { run_key: run.id, task_key: task.id, attempt: attempt.number });
  }
  if (run.state === 'running') await db('runs').where({ id: run.id }).update({ look_at: now });
  if (isFinished(outcome.task)) await wakeLaterRuns(db, spec, run, now);
  return end;
}

export function attemptQueries(sql: Sql, versions: Versions): AttemptTable {
  return {
    claimTasks: (options) => claimTasks(sql, versions, options),

    markStarted: (attemptId, now) =>
      sql.write(async (db) => {
        const attempt: AttemptRow | undefined = await held(db, attemptId).first();
        if (attempt === undefined) return false;
        await held(db, attemptId).update({ started_at: now });
        await db('tasks')
          .where({ id: attempt.task_key, state: 'queued' })
          .update({ state: 'running', started_at: now });
        return true;
      }),

    saveProgress: (attemptId, progress) =>
      sql.write(
        async (db) => (await held(db, attemptId).update({ progress: JSON.stringify(progress) })) === 1,
      ),

    finishAttempt: (attemptId, now, plan) =>
      sql.write((db) => finishAttempt(db, versions, attemptId, now, plan)),

    heldAttempts: () =>
      sql.read(async (db) => {
        const rows: HeldAttempt[] = await db('attempts')
          .join('tasks', 'tasks.id', 'attempts.task_key')
          .join('runs', 'runs.id', 'tasks.run_key')
          .whereRaw(HELD_ATTEMPTS)
          .select({
            attemptId: 'attempts.attempt_id',
            owner: 'attempts.owner',
            dagId: 'runs.dag_id',
            runId: 'runs.run_id',
            taskId: 'tasks.task_id',
            taskState: 'tasks.state',
            runState: 'runs.state',
          });
        return rows;
      }),

    listAttempts: (taskKey) =>
      sql.read(async (db) => {
        const rows: AttemptRow[] = await db('attempts').where({ task_key: taskKey }).orderBy('number');
        return rows.map(attemptRecord);
      }),
  };
}
