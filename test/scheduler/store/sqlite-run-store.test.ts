import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import Database from 'better-sqlite3';
import { planRunStarts } from '../../../scheduler/run/plan-run-starts.js';
import { planStarts } from '../../../scheduler/run/plan-starts.js';
import { openRunStore } from '../../../scheduler/store/open-run-store.js';
import { MIGRATIONS } from '../../../scheduler/store/sql/migrations.js';
import { openSqlRunStore } from '../../../scheduler/store/sql/sql-run-store.js';
import { openSqlite } from '../../../scheduler/store/sqlite/open-sqlite.js';
import { testRunStore } from '../../contracts/run-store.js';
import { dagSpec, taskSpec } from '../../helpers/dag-spec.js';
import { temporaryFolder } from '../../helpers/fixtures.js';

const stateFile = async (t: ExecutionContext) => join(temporaryFolder(t), 'deep', 'state.db');

testRunStore('sqlite', async (t) => openRunStore(await stateFile(t)));

test('opened again, everything is there', async (t) => {
  const file = await stateFile(t);
  const spec = dagSpec('a', [taskSpec('x')]);
  const first = await openRunStore(file);
  await first.saveDagFile({ file: 'a.ts', bundle: '/b.js', dags: [{ spec, next: null }] });
  await first.close();
  const second = await openRunStore(file);
  t.deepEqual((await second.getDag('a'))!.spec, spec);
  await second.close();
});

test('a database of the first version is brought up to date, with what it holds', async (t) => {
  const file = await stateFile(t);
  const sql = openSqlite(file);
  const spec = dagSpec('a', [taskSpec('x')]);
  await sql.write(async (db) => {
    await db.schema.createTable('schema_migrations', (table) => table.text('name').primary());
    await MIGRATIONS[0]!.up(db);
    await db('schema_migrations').insert({ name: MIGRATIONS[0]!.name });
    await db('dag_versions').insert({
      dag_id: 'a',
      version: spec.version,
      spec: JSON.stringify(spec),
      bundle: '/b.js',
    });
    const times = { logical_date: 5, interval_start: 5, interval_end: 6, created_at: 6 };
    const run = {
      dag_id: 'a',
      run_id: 'r',
      version: spec.version,
      type: 'scheduled',
      state: 'success',
      params: '{}',
    };
    await db('runs').insert({ ...run, ...times });
  });
  await sql.close();
  const store = await openRunStore(file);
  t.like(await store.getRun('a', 'r'), { state: 'success', backfill: null, deadlineMissed: false });
  t.deepEqual(await store.check(), []);
  await store.close();
});

test('a database of a newer version is refused, and left as it is', async (t) => {
  const file = await stateFile(t);
  await (await openRunStore(file)).close();
  const database = new Database(file);
  database.exec("INSERT INTO schema_migrations VALUES ('9999_future')");
  database.close();
  const error = await t.throwsAsync(openRunStore(file), { code: 'STATE_DATABASE_NEWER' });
  t.true(error!.message.includes(file) && error!.message.includes('9999_future'));
});

test('a file that is not a database is refused, and left as it is', async (t) => {
  const file = join(temporaryFolder(t), 'state.db');
  const content = 'not a database, but long enough to be looked at. '.repeat(100);
  writeFileSync(file, content);
  const error = await t.throwsAsync(openRunStore(file), { code: 'STATE_DATABASE_CORRUPT' });
  t.true(error!.message.includes(file));
  t.is(readFileSync(file, 'utf8'), content);
});

test('a database of something else is refused, and left as it is', async (t) => {
  const file = join(temporaryFolder(t), 'online_store.db');
  const database = new Database(file);
  database.exec('CREATE TABLE driver_stats (entity_key BLOB)');
  database.close();
  const before = readFileSync(file);
  const error = await t.throwsAsync(openRunStore(file), { code: 'STATE_DATABASE_FOREIGN' });
  t.true(error!.message.includes(file) && error!.message.includes('driver_stats'));
  t.deepEqual(readFileSync(file), before);
});

test('a damaged database is an error that says so', async (t) => {
  const file = await stateFile(t);
  const store = await openRunStore(file);
  const spec = dagSpec(
    'a',
    Array.from({ length: 400 }, (_, i) => taskSpec(`task-${i}`)),
  );
  await store.saveDagFile({ file: 'a.ts', bundle: '/b.js', dags: [{ spec, next: null }] });
  await store.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096);
  writeFileSync(file, bytes);
  const read = async () => {
    const damaged = await openRunStore(file);
    t.teardown(() => damaged.close());
    await damaged.listDags();
  };
  const error = await t.throwsAsync(read, { code: 'STATE_DATABASE_CORRUPT' });
  t.true(error!.message.includes(file));
});

test('a path that cannot be a file', async (t) => {
  const folder = temporaryFolder(t);
  await t.throwsAsync(openRunStore(folder), { code: 'STATE_DATABASE_UNAVAILABLE' });
  writeFileSync(join(folder, 'plain'), '');
  await t.throwsAsync(openRunStore(join(folder, 'plain', 'state.db')), {
    code: 'STATE_DATABASE_UNAVAILABLE',
  });
});

test('a full disk: what cannot be written is an error, what was written stays', async (t) => {
  const file = await stateFile(t);
  const sql = openSqlite(file);
  const store = await openSqlRunStore(sql, file);
  const pages = sql.database.pragma('page_count', { simple: true });
  sql.database.pragma(`max_page_count = ${pages}`);
  const spec = dagSpec(
    'a',
    Array.from({ length: 500 }, (_, i) => taskSpec(`task-${i}`)),
  );
  const content = { file: 'a.ts', bundle: '/b.js', dags: [{ spec, next: null }] };
  const error = await t.throwsAsync(store.saveDagFile(content), { code: 'STATE_DATABASE_FULL' });
  t.true(error!.message.includes(file));
  t.deepEqual(await store.listDags(), []);
  sql.database.pragma('max_page_count = 100000');
  await store.saveDagFile(content);
  t.is((await store.listDags()).length, 1, 'it goes on once there is room');
  await store.close();
});

test('a database that another process has locked: waited for, then an error', async (t) => {
  const file = await stateFile(t);
  const store = await openRunStore(file, { busyTimeoutMs: 50 });
  const code = `
    const db = new (require('better-sqlite3'))(process.argv[1]);
    db.exec('BEGIN IMMEDIATE');
    process.stdout.write('locked');
    process.stdin.once('data', () => { db.exec('COMMIT'); process.exit(0); });`;
  const other = spawn(process.execPath, ['-e', code, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(other.stdout, 'data');
  const error = await t.throwsAsync(store.setPaused('a', true), { code: 'STATE_DATABASE_LOCKED' });
  t.true(error!.message.includes(file));
  t.deepEqual(await store.listDags(), [], 'it can be read meanwhile');
  other.stdin.write('go');
  await once(other, 'exit');
  t.false(await store.setPaused('a', true), 'and written again');
  await store.close();
});

test('a pass of the loop reads unfinished rows only, however many are finished', async (t) => {
  const sql = openSqlite(await stateFile(t));
  const store = await openSqlRunStore(sql, 'test');
  const spec = dagSpec('a', [taskSpec('x')]);
  await store.saveDagFile({ file: 'a.ts', bundle: '/b.js', dags: [{ spec, next: null }] });
  const seen: string[] = [];
  const prepare = sql.database.prepare.bind(sql.database);
  sql.database.prepare = ((text: string) => {
    seen.push(text);
    return prepare(text);
  }) as typeof sql.database.prepare;
  const run = {
    dagId: 'a',
    version: spec.version,
    type: 'manual',
    intervalStart: 0,
    intervalEnd: 0,
  } as const;
  await store.createRun({ ...run, runId: 'r', logicalDate: 0, params: {} }, 0);
  await store.dueDags(0);
  await store.startRuns(0, planRunStarts);
  await store.runsToLookAt(0, 10);
  await store.lookAtRun(1, 0, () => ({
    changes: [{ taskId: 'x', from: 'none', to: 'scheduled' }],
    run: 'running',
    lookAt: null,
    timedOut: false,
    deadlineMissed: false,
  }));
  const name = () => ({ attemptId: 'lease', logFile: '/log' });
  await store.claimTasks({ owner: 'me', now: 0, free: 1, plan: planStarts, name });
  await store.markStarted('lease', 0);
  await store.heldAttempts();
  await store.finishAttempt('lease', 0, () => ({
    outcome: { attempt: 'success', task: 'success', failures: 0, retryAt: null },
    error: null,
    value: '1',
  }));
  await store.nextWake();
  await store.nextRetry();
  t.true(seen.length > 25);
  // of one run, one task or one attempt, or by a partial index, which holds unfinished rows only
  const cheap =
    /^(SCAN|SEARCH) (dags|import_errors|callbacks|pools)\b|INTEGER PRIMARY KEY|INDEX (runs_active|runs_backfill|runs_look|tasks_ready|tasks_active|tasks_waiting|attempts_held)|\((run_key=\?|run_key=\? AND task_id=\?|attempt_id=\?|dag_id=\? AND version=\?)\)/;
  const scans = seen
    .filter((text) => /^(select|update|delete)/i.test(text))
    .flatMap((text) => {
      const steps = prepare(`EXPLAIN QUERY PLAN ${text}`).all(new Array(text.split('?').length - 1).fill(0));
      return (steps as { detail: string }[]).map(({ detail }) => `${detail} <- ${text}`);
    })
    .filter((step) => /^(SCAN|SEARCH)/.test(step) && !cheap.test(step.split(' <- ')[0]!));
  t.deepEqual(scans, []);
  await store.close();
});
