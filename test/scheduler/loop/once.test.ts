import test from 'ava';
import { planOutcome } from '../../../scheduler/run/plan-outcome.js';
import { planRunStarts } from '../../../scheduler/run/plan-run-starts.js';
import { planStarts } from '../../../scheduler/run/plan-starts.js';
import { chain, dagSpec, taskSpec } from '../../helpers/dag-spec.js';
import { NOW, startLoop, tempStore } from '../../helpers/loop.js';
import { ManualClock } from '../../helpers/manual-clock.js';

const DAY = 86_400_000;

test('catches up, oldest first; a second time there is nothing to do', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('daily', chain(['a', 'b']), { schedule: '@daily', maxActiveRuns: 1 });
  const order: string[] = [];
  const first = startLoop(store, [spec], ({ taskId, intervalStart, intervalEnd }) => {
    order.push(`${new Date(intervalStart).getUTCDate()}${taskId}`);
    t.is(intervalEnd - intervalStart, DAY);
  });
  const summary = await first.loop.runOnce();
  t.like(summary, { runsCreated: 19, runs: { success: 19, failed: 0 }, retries: 0, unfinishedRuns: 0 });
  t.is(summary.tasks.success, 38);
  t.deepEqual(order, Array.from({ length: 19 }, (_, i) => [`${i + 1}a`, `${i + 1}b`]).flat());
  t.true(first.dagFiles.closed);
  const second = startLoop(store, [spec], () => t.fail('nothing is due'));
  t.like(await second.loop.runOnce(), { runsCreated: 0, runs: { success: 0, failed: 0 } });
  const runs = await store.listRuns({ dagId: 'daily' });
  t.is(runs.length, 19);
  t.is(runs.at(-1)!.runId, 'scheduled__2026-11-01T00:00:00+00:00');
});

test('what a task is told: ids, interval, params, values of earlier tasks, its log file', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', [...chain(['a', 'b']), taskSpec('other')], {
    schedule: '@once',
    params: { region: 'north' },
  });
  const { loop, executor } = startLoop(store, [spec], ({ taskId }) => ({ from: taskId }));
  await loop.runOnce();
  const b = executor.requests.find(({ taskId }) => taskId === 'b')!;
  const start = Date.UTC(2026, 10, 1);
  t.like(b, {
    dagId: 'd',
    runId: 'scheduled__2026-11-01T00:00:00+00:00',
    runType: 'scheduled',
    attempt: 1,
    logicalDate: start,
    intervalStart: start,
    intervalEnd: start,
    params: { region: 'north' },
    xcom: { a: { from: 'a' } },
    bundle: '/bundles/d.ts',
    timeoutMs: null,
    logFile: '/logs/d/scheduled__2026-11-01T00-00-00+00-00/b/attempt-1.log',
  });
});

test('failures are tried again after their delay; a success saves the run', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', [taskSpec('a', { retries: 2, retryDelayMs: 60_000 })], { schedule: '@once' });
  const clock = new ManualClock(NOW);
  const at: number[] = [];
  const { loop } = startLoop(
    store,
    [spec],
    ({ attempt }) => {
      at.push(clock.now() - NOW);
      if (attempt < 3) throw new Error(`attempt ${attempt}`);
    },
    {
      clock,
      onEvent: (event) => {
        if (event.kind === 'attempt_finished' && event.retryAt !== null) clock.set(event.retryAt);
      },
    },
  );
  const summary = await loop.runOnce();
  t.like(summary, { runs: { success: 1, failed: 0 }, retries: 2, seconds: 120 });
  t.deepEqual(at, [0, 60_000, 120_000]);
});

test('a failed task fails those after it and the run; the error is kept', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', chain(['a', 'b', 'c']), { schedule: '@once' });
  const { loop } = startLoop(store, [spec], () => {
    throw new Error('no such table');
  });
  const summary = await loop.runOnce();
  t.deepEqual(summary.runs, { success: 0, failed: 1 });
  t.deepEqual(summary.tasks, { success: 0, failed: 1, skipped: 0, upstream_failed: 2 });
  const [run] = await store.listRuns();
  t.is(run!.state, 'failed');
  const [a] = await store.listTasks(run!.key);
  const [attempt] = await store.listAttempts(a!.key);
  t.is(attempt!.error!.message, 'no such table');
  t.truthy(attempt!.error!.stack);
});

test('never more attempts at once than the executor and the limits allow', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec(
    'd',
    Array.from({ length: 12 }, (_, i) => taskSpec(`t${i}`)),
    { schedule: '@once', maxActiveTasks: 3 },
  );
  const one = startLoop(store, [spec], () => new Promise((resolve) => setImmediate(resolve)), {
    capacity: 8,
  });
  t.is((await one.loop.runOnce()).tasks.success, 12);
  t.is(one.executor.peak, 3);
  const wide = dagSpec(
    'e',
    Array.from({ length: 12 }, (_, i) => taskSpec(`t${i}`)),
    { schedule: '@once' },
  );
  const two = startLoop(store, [wide], () => new Promise((resolve) => setImmediate(resolve)), {
    capacity: 5,
  });
  await two.loop.runOnce();
  t.is(two.executor.peak, 5);
});

test('a value that is too large fails the task, at once and clearly', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', [taskSpec('big', { retries: 3 })], { schedule: '@once' });
  const { loop, executor } = startLoop(store, [spec], () => 'x'.repeat(262_143));
  await loop.runOnce();
  t.is(executor.requests.length, 1);
  const [run] = await store.listRuns();
  const [task] = await store.listTasks(run!.key);
  t.is(task!.state, 'failed');
  const [attempt] = await store.listAttempts(task!.key);
  t.is(attempt!.error!.code, 'XCOM_TOO_LARGE');
  t.regex(attempt!.error!.message, /"big" returned 262145 bytes.*262144/);
  const fits = dagSpec('e', [taskSpec('big')], { schedule: '@once' });
  t.is((await startLoop(store, [fits], () => 'x'.repeat(262_142)).loop.runOnce()).tasks.success, 1);
});

test('runs held back by their past are left, and said to be unfinished', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', [taskSpec('a', { dependsOnPast: true })], {
    schedule: '@daily',
    startDate: NOW - 2.5 * DAY,
    maxActiveRuns: 5,
    runTimeoutMs: DAY,
  });
  const { loop } = startLoop(store, [spec], () => {
    throw new Error('the first fails');
  });
  t.like(await loop.runOnce(), { runsCreated: 2, runs: { success: 0, failed: 1 }, unfinishedRuns: 1 });
});

test('a paused DAG and a continuous DAG', async (t) => {
  const store = await tempStore(t);
  const paused = dagSpec('p', [taskSpec('a')], { schedule: '@daily', pausedUponCreation: true });
  const continuous = dagSpec('c', [taskSpec('a')], { schedule: '@continuous' });
  const { loop } = startLoop(store, [paused, continuous], () => {});
  t.like(await loop.runOnce(), { runsCreated: 1, runs: { success: 1, failed: 0 } });
  const [run] = await store.listRuns();
  t.deepEqual([run!.dagId, run!.intervalStart, run!.intervalEnd], ['c', Date.UTC(2026, 10, 1), NOW]);
});

test('files that went away while no scheduler ran take their DAGs with them', async (t) => {
  const store = await tempStore(t);
  const [a, b] = [dagSpec('a', []), dagSpec('b', [])];
  await startLoop(store, [a, b], () => {}).loop.runOnce();
  await startLoop(store, [b], () => {}).loop.runOnce();
  t.deepEqual(
    (await store.listDags()).map((dag) => dag.state),
    ['removed', 'active'],
  );
});

test('what a dead scheduler left running runs again, at no cost of a retry', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', [taskSpec('a'), taskSpec('b')], { schedule: '@once' });
  await store.saveDagFile({ file: spec.file, bundle: '/old.js', dags: [{ spec, next: null }] });
  const logicalDate = Date.UTC(2026, 10, 1);
  const run = { dagId: 'd', runId: 'r', version: spec.version, type: 'scheduled', params: {} } as const;
  await store.createRun({ ...run, logicalDate, intervalStart: logicalDate, intervalEnd: logicalDate }, NOW, {
    position: { end: logicalDate, schedule: '' },
    next: null,
  });
  await store.startRuns(NOW, planRunStarts);
  await store.lookAtRun(1, NOW, () => ({
    changes: ['a', 'b'].map((taskId) => ({ taskId, from: 'none', to: 'scheduled' })),
    run: 'running',
    lookAt: null,
    timedOut: false,
  }));
  const claimed = await store.claimTasks({
    owner: 'dead',
    now: NOW,
    free: 2,
    plan: planStarts,
    name: (_, taskId) => ({ attemptId: `dead-${taskId}`, logFile: '/log' }),
  });
  await store.markStarted('dead-a', NOW);
  t.is(claimed.length, 2);
  const { loop, executor, events } = startLoop(store, [spec], () => {});
  t.like(await loop.runOnce(), { runsCreated: 0, runs: { success: 1, failed: 0 }, retries: 0 });
  t.deepEqual(executor.requests.map(({ taskId, attempt }) => `${taskId}${attempt}`).sort(), ['a2', 'b2']);
  t.is(events.filter(({ kind }) => kind === 'attempt_orphaned').length, 2);
  const attempts = await store.listAttempts((await store.listTasks(1))[0]!.key);
  t.deepEqual(
    attempts.map(({ state }) => state),
    ['interrupted', 'success'],
  );
  const late = await store.finishAttempt('dead-a', NOW, (task, dag) => ({
    outcome: planOutcome(task, dag.tasks[0]!, { kind: 'success' }, NOW, 0),
    error: null,
    value: '"late"',
  }));
  t.is(late, undefined, 'the dead one cannot write any more');
});
