import type { Knex } from 'knex';
import {
  ACTIVE_BACKFILL_RUNS,
  ACTIVE_RUNS,
  ACTIVE_TASKS,
  DUE_DAGS,
  HELD_ATTEMPTS,
  READY_TASKS,
  WAITING_TASKS,
} from './predicates.js';

/** Forward only. A migration that was released is never edited: add another. */
export interface Migration {
  readonly name: string;
  up(db: Knex): Promise<void>;
}

async function createTables(db: Knex): Promise<void> {
  await db.schema.createTable('dags', (t) => {
    t.text('dag_id').primary();
    t.text('file').notNullable();
    t.text('state').notNullable();
    t.integer('paused').notNullable();
    t.text('version').notNullable();
    t.bigInteger('position_end');
    t.text('position_schedule');
    t.bigInteger('next_start');
    t.bigInteger('next_end');
    t.bigInteger('next_run_at');
    t.index('file', 'dags_file');
  });
  await db.schema.createTable('dag_versions', (t) => {
    t.text('dag_id').notNullable();
    t.text('version').notNullable();
    t.text('spec').notNullable();
    t.text('bundle').notNullable();
    t.primary(['dag_id', 'version']);
  });
  await db.schema.createTable('import_errors', (t) => {
    t.text('file').primary();
    t.text('message').notNullable();
    t.integer('line');
    t.integer('column');
    t.bigInteger('at').notNullable();
  });
  await db.schema.createTable('runs', (t) => {
    t.increments('id');
    t.text('dag_id').notNullable();
    t.text('run_id').notNullable();
    t.text('version').notNullable();
    t.text('type').notNullable();
    t.text('state').notNullable();
    t.bigInteger('logical_date').notNullable();
    t.bigInteger('interval_start').notNullable();
    t.bigInteger('interval_end').notNullable();
    t.text('params').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('started_at');
    t.bigInteger('ended_at');
    t.bigInteger('look_at');
    t.unique(['dag_id', 'logical_date'], { indexName: 'runs_logical_date' });
    t.unique(['dag_id', 'run_id'], { indexName: 'runs_run_id' });
  });
  await db.schema.createTable('tasks', (t) => {
    t.increments('id');
    t.integer('run_key').notNullable();
    t.text('dag_id').notNullable();
    t.text('task_id').notNullable();
    t.text('state').notNullable();
    t.integer('attempts').notNullable();
    t.integer('failures').notNullable();
    // copied from the run and its version, so that the order of claims is one index
    t.integer('backfill').notNullable();
    t.integer('priority').notNullable();
    t.bigInteger('logical_date').notNullable();
    t.bigInteger('retry_at');
    t.bigInteger('started_at');
    t.bigInteger('ended_at');
    t.unique(['run_key', 'task_id'], { indexName: 'tasks_task_id' });
  });
  await db.schema.createTable('attempts', (t) => {
    t.text('attempt_id').primary();
    t.integer('task_key').notNullable();
    t.integer('number').notNullable();
    t.text('state').notNullable();
    t.text('owner').notNullable();
    t.bigInteger('started_at').notNullable();
    t.bigInteger('ended_at');
    t.text('error');
    t.text('progress');
    t.text('log_file').notNullable();
    t.unique(['task_key', 'number'], { indexName: 'attempts_number' });
  });
  await db.schema.createTable('xcom', (t) => {
    t.integer('run_key').notNullable();
    t.text('task_id').notNullable();
    t.text('value').notNullable();
    t.primary(['run_key', 'task_id']);
  });
  await db.schema.createTable('scheduler_lease', (t) => {
    t.integer('id').primary();
    t.text('owner').notNullable();
    t.text('host').notNullable();
    t.integer('pid').notNullable();
    t.bigInteger('process_start').notNullable();
    t.bigInteger('expires_at').notNullable();
  });
  // Partial: they hold what is unfinished, so a pass of the loop costs the same however much is finished.
  for (const index of [
    `dags_due ON dags (next_run_at) WHERE ${DUE_DAGS}`,
    `runs_active ON runs (dag_id, state, logical_date) WHERE ${ACTIVE_RUNS}`,
    'runs_look ON runs (look_at) WHERE look_at IS NOT NULL',
    `tasks_ready ON tasks (backfill, priority DESC, logical_date, id) WHERE ${READY_TASKS}`,
    `tasks_active ON tasks (dag_id, task_id) WHERE ${ACTIVE_TASKS}`,
    `tasks_waiting ON tasks (retry_at) WHERE ${WAITING_TASKS}`,
    `attempts_held ON attempts (attempt_id) WHERE ${HELD_ATTEMPTS}`,
  ]) {
    await db.raw(`CREATE INDEX ${index}`);
  }
}

async function addBackfills(db: Knex): Promise<void> {
  await db.schema.createTable('backfills', (t) => {
    t.increments('id');
    t.text('dag_id').notNullable();
    t.bigInteger('from_date').notNullable();
    t.bigInteger('to_date').notNullable();
    t.text('reprocess').notNullable();
    t.integer('backwards').notNullable();
    t.integer('max_active_runs').notNullable();
    t.bigInteger('created_at').notNullable();
  });
  await db.schema.alterTable('runs', (t) => t.integer('backfill_key'));
  await db.raw(
    `CREATE INDEX runs_backfill ON runs (backfill_key, state, logical_date) WHERE ${ACTIVE_BACKFILL_RUNS}`,
  );
}

export const MIGRATIONS: readonly Migration[] = [
  { name: '0001_tables', up: createTables },
  { name: '0002_backfills', up: addBackfills },
];
