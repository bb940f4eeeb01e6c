import { hostname } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { clearTasks, setPaused, triggerRun } from '../../../scheduler/loop/operations.js';
import { openSqlRunStore } from '../../../scheduler/store/sql/sql-run-store.js';
import { openSqlite } from '../../../scheduler/store/sqlite/open-sqlite.js';
import { chain, dagSpec, taskSpec } from '../../helpers/dag-spec.js';
import { temporaryFolder } from '../../helpers/fixtures.js';
import { NOW, startLoop, tempStore } from '../../helpers/loop.js';

const HOUR = 3_600_000;
const never = () => new Promise(() => {});

test('a run is created when its interval ends, and not a millisecond before', async (t) => {
  const spec = dagSpec('hourly', [taskSpec('a')], { schedule: '@hourly', catchup: false, startDate: NOW });
  const { loop, clock, until, store } = startLoop(await tempStore(t), [spec], () => {});
  const done = loop.run();
  await until('dag_file_parsed');
  clock.set(NOW + HOUR - 1);
  t.is((await store.listRuns()).length, 0);
  clock.set(NOW + HOUR);
  const { run } = await until('run_finished');
  t.like(run, { intervalStart: NOW, intervalEnd: NOW + HOUR, createdAt: NOW + HOUR });
  await loop.stop();
  await done;
});

test('triggers, pauses and clears of other processes are seen within a second', async (t) => {
  const spec = dagSpec('d', chain(['a', 'b']), { params: { x: 1, y: 1 } });
  const { loop, clock, until, store, executor } = startLoop(await tempStore(t), [spec], () => 7);
  const done = loop.run();
  await until('dag_file_parsed');
  const run = await triggerRun(store, 'd', clock.now(), { params: { y: 2 } });
  clock.advance(1000);
  t.is((await until('run_finished')).state, 'success');
  t.deepEqual(executor.requests[0]!.params, { x: 1, y: 2 });
  await setPaused(store, 'd', true);
  await clearTasks(store, 'd', run.runId, clock.now(), { taskIds: ['b'] });
  clock.advance(1000);
  await setPaused(store, 'd', false);
  clock.advance(1000);
  t.is((await until('run_finished')).state, 'success');
  t.deepEqual(
    executor.requests.map(({ taskId, attempt }) => `${taskId}${attempt}`),
    ['a1', 'b1', 'b2'],
  );
  await loop.stop();
  await done;
});

test('a task that is cleared while it runs is stopped, and runs again', async (t) => {
  const spec = dagSpec('d', [taskSpec('a')], { schedule: '@once' });
  const { loop, clock, until, store } = startLoop(await tempStore(t), [spec], ({ attempt }) =>
    attempt === 1 ? never() : 'second',
  );
  const done = loop.run();
  const { runId } = await until('attempt_started');
  await clearTasks(store, 'd', runId, clock.now());
  clock.advance(1000);
  t.is((await until('attempt_finished')).state, 'none');
  t.is((await until('run_finished')).state, 'success');
  await loop.stop();
  await done;
});

test('a run whose time is up fails, and what runs is stopped', async (t) => {
  const spec = dagSpec('d', chain(['a', 'b'], { retries: 3 }), { schedule: '@once', runTimeoutMs: 5000 });
  const { loop, clock, until, store } = startLoop(await tempStore(t), [spec], never);
  const done = loop.run();
  await until('attempt_started');
  clock.advance(5000);
  const { run, state, timedOut } = await until('run_finished');
  t.deepEqual([state, timedOut], ['failed', true]);
  clock.advance(1000);
  t.is((await until('attempt_finished')).state, 'failed');
  t.deepEqual(
    (await store.listTasks(run.key)).map((task) => task.state),
    ['failed', 'skipped'],
  );
  await loop.stop();
  await done;
});

test('progress is kept, the last one included', async (t) => {
  const spec = dagSpec('d', [taskSpec('a')], { schedule: '@once' });
  const { loop, store } = startLoop(await tempStore(t), [spec], (_, { progress }) => {
    for (let rows = 1; rows <= 5; rows++) progress({ rows });
  });
  await loop.runOnce();
  const [task] = await store.listTasks((await store.listRuns())[0]!.key);
  t.deepEqual((await store.listAttempts(task!.key))[0]!.progress, { rows: 5 });
});

test('stop: nothing more starts, what runs may end', async (t) => {
  const spec = dagSpec('d', chain(['a', 'b']), { schedule: '@once' });
  let finish = () => {};
  const { loop, until, store, executor } = startLoop(
    await tempStore(t),
    [spec],
    () => new Promise<void>((resolve) => (finish = resolve)),
  );
  const done = loop.run();
  await until('attempt_started');
  const stopped = loop.stop();
  finish();
  await stopped;
  await done;
  t.is(executor.requests.length, 1);
  const [run] = await store.listRuns();
  t.deepEqual(
    (await store.listTasks(run!.key)).map((task) => task.state),
    ['success', 'none'],
  );
});

test('stop: what has not ended by then is interrupted, and runs again at no cost of a retry', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', [taskSpec('a')], { schedule: '@once' });
  const first = startLoop(store, [spec], never);
  const done = first.loop.run();
  await first.until('attempt_started');
  const stopped = first.loop.stop(10_000);
  first.clock.advance(10_000);
  await stopped;
  await done;
  t.is((await first.until('attempt_finished')).state, 'scheduled');
  t.is(first.executor.running, 0);
  const second = startLoop(store, [spec], () => {});
  t.like(await second.loop.runOnce(), { runsCreated: 0, runs: { success: 1, failed: 0 }, retries: 0 });
});

test('stop, asked a second time with less patience', async (t) => {
  const spec = dagSpec('d', [taskSpec('a')], { schedule: '@once' });
  const { loop, until, executor } = startLoop(await tempStore(t), [spec], never);
  const done = loop.run();
  await until('attempt_started');
  const patient = loop.stop(3_600_000);
  await loop.stop(0);
  await patient;
  await done;
  t.is(executor.running, 0);
});

test('a second scheduler on the same database is refused, and told of the first', async (t) => {
  const store = await tempStore(t);
  const first = startLoop(store, [], () => {});
  const done = first.loop.run();
  await new Promise((resolve) => setImmediate(resolve));
  const second = startLoop(store, [], () => {});
  const error = await t.throwsAsync(second.loop.runOnce(), { code: 'STATE_DATABASE_IN_USE' });
  t.true(error!.message.includes(`pid ${process.pid} on ${hostname()}`), error!.message);
  t.true(second.dagFiles.closed);
  await first.loop.stop();
  await done;
  await t.notThrowsAsync(startLoop(store, [], () => {}).loop.runOnce(), 'once the first has stopped');
});

test('a scheduler that was suspended past its lease stops when another took over', async (t) => {
  const spec = dagSpec('d', [taskSpec('a')], { schedule: '@once' });
  const { loop, clock, until, store, executor } = startLoop(await tempStore(t), [spec], never);
  const done = loop.run();
  await until('attempt_started');
  const other = { owner: 'other', host: 'elsewhere', pid: 1, processStart: 1 };
  await store.acquireLease(other, clock.now() + 60_000, clock.now() + 120_000);
  clock.advance(60_000);
  await t.throwsAsync(done, { code: 'SCHEDULER_LEASE_LOST' });
  t.is(executor.running, 0);
  t.true(await store.renewLease('other', NOW + 200_000), 'the lease of the other is left alone');
});

test('a broken file: its DAGs get no runs, what runs goes on, the others are not touched', async (t) => {
  const broken = dagSpec('broken', chain(['a', 'b']), { schedule: '@hourly', startDate: NOW - HOUR });
  const fine = dagSpec('fine', [taskSpec('a')], { schedule: '@hourly', startDate: NOW });
  let finish = () => {};
  const { loop, clock, until, store, dagFiles, executor } = startLoop(
    await tempStore(t),
    [broken, fine],
    ({ dagId, taskId, intervalEnd }) =>
      dagId === 'broken' && taskId === 'a' && intervalEnd === NOW
        ? new Promise<void>((resolve) => (finish = resolve))
        : undefined,
  );
  const done = loop.run();
  await until('attempt_started');
  dagFiles.broken('broken.ts', 'Unexpected token (3:7)');
  await until('dag_file_broken');
  await t.throwsAsync(triggerRun(store, 'broken', clock.now()), { code: 'DAG_INVALID' });
  finish();
  t.is((await until('run_finished')).run.dagId, 'broken', 'to its end');
  clock.advance(HOUR);
  t.is((await until('run_finished')).run.dagId, 'fine');
  t.like((await store.listImportErrors())[0], {
    file: 'broken.ts',
    message: 'Unexpected token (3:7)',
    line: 3,
  });
  dagFiles.parsed(broken);
  t.is((await until('run_finished')).run.dagId, 'broken', 'mended: the run that fell due is made up for');
  dagFiles.removed('fine.ts');
  await until('dag_file_removed');
  t.is((await store.getDag('fine'))!.state, 'removed');
  t.deepEqual(
    executor.requests.map(({ dagId, taskId }) => `${dagId}.${taskId}`),
    ['broken.a', 'broken.b', 'fine.a', 'broken.a', 'broken.b'],
  );
  await loop.stop();
  await done;
});

test('a run keeps the version it was created with', async (t) => {
  const before = dagSpec('d', chain(['a', 'b']), { schedule: '@once' });
  const after = dagSpec('d', chain(['a', 'new']), { schedule: '@once' });
  let finish = () => {};
  const { loop, until, dagFiles, executor } = startLoop(await tempStore(t), [before], ({ taskId }) =>
    taskId === 'a' ? new Promise<void>((resolve) => (finish = resolve)) : undefined,
  );
  const done = loop.run();
  await until('attempt_started');
  await until('dag_file_parsed');
  dagFiles.parsed(after);
  await until('dag_file_parsed');
  finish();
  await until('run_finished');
  t.deepEqual(
    executor.requests.map(({ taskId }) => taskId),
    ['a', 'b'],
  );
  await loop.stop();
  await done;
});

test('a full disk is waited out: nothing is lost, and all goes on when there is room', async (t) => {
  const sql = openSqlite(join(temporaryFolder(t), 'state.db'));
  const store = await openSqlRunStore(sql, 'test');
  t.teardown(() => store.close());
  const spec = dagSpec('d', chain(['a', 'b']), { schedule: '@once' });
  let finish = (_value: string) => {};
  const { loop, clock, until } = startLoop(store, [spec], ({ taskId }) =>
    taskId === 'a' ? new Promise<string>((resolve) => (finish = resolve)) : undefined,
  );
  const done = loop.run();
  await until('attempt_started');
  const pages = sql.database.pragma('page_count', { simple: true });
  sql.database.pragma(`max_page_count = ${pages}`);
  finish('x'.repeat(200_000));
  t.is((await until('store_unavailable')).error.message.includes('the disk is full'), true);
  sql.database.pragma('max_page_count = 1000000');
  clock.advance(1000);
  t.is((await until('run_finished')).state, 'success');
  await loop.stop();
  await done;
});
