import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { scheduleKey } from '../../scheduler/clock/timetable.js';
import type { DagSpec } from '../../scheduler/dag/spec.js';
import { planBackfill } from '../../scheduler/run/plan-backfill.js';
import { planOutcome } from '../../scheduler/run/plan-outcome.js';
import { planRunStarts } from '../../scheduler/run/plan-run-starts.js';
import { planStarts } from '../../scheduler/run/plan-starts.js';
import { planTasks } from '../../scheduler/run/plan-tasks.js';
import type { LeaseHolder, NewRun, TaskRecord } from '../../scheduler/store/records.js';
import type { RunStore } from '../../scheduler/store/run-store.js';
import { chain, dagSpec, taskSpec } from '../helpers/dag-spec.js';

const test = anyTest as TestFn;
const NOW = Date.UTC(2026, 10, 20);
const DAY = 86_400_000;

function newRun(spec: DagSpec, logicalDate: number, more: Partial<NewRun> = {}): NewRun {
  return {
    dagId: spec.dagId,
    runId: `scheduled__${logicalDate}`,
    version: spec.version,
    type: 'scheduled',
    logicalDate,
    intervalStart: logicalDate,
    intervalEnd: logicalDate + DAY,
    params: {},
    ...more,
  };
}

const save = (
  store: RunStore,
  spec: DagSpec,
  next: { start: number; end: number; runAt: number } | null = null,
) => store.saveDagFile({ file: spec.file, bundle: `/bundles/${spec.version}.js`, dags: [{ spec, next }] });

/** Creates and starts a run, and schedules what may start. */
async function startRun(store: RunStore, spec: DagSpec, logicalDate = NOW, more: Partial<NewRun> = {}) {
  await store.createRun(newRun(spec, logicalDate, more), NOW);
  await store.startRuns(NOW, planRunStarts);
  const run = (await store.getRun(spec.dagId, more.runId ?? `scheduled__${logicalDate}`))!;
  await look(store, run.key);
  return run;
}

const look = (store: RunStore, key: number, now = NOW) =>
  store.lookAtRun(key, now, ({ run, spec, tasks, previous, gates }) =>
    planTasks({ spec, startedAt: run.startedAt!, deadlineAt: null, tasks, previous, gates, now }),
  );

let names = 0;
const claim = (store: RunStore, free = 10, owner = 'me') =>
  store.claimTasks({
    owner,
    now: NOW,
    free,
    plan: planStarts,
    name: (run, taskId, number) => ({
      attemptId: `attempt-${++names}`,
      logFile: `/logs/${run.runId}/${taskId}/${number}.log`,
    }),
  });

function finish(store: RunStore, attemptId: string, value?: string, now = NOW + 5) {
  return store.finishAttempt(attemptId, now, (task, spec, taskId) => ({
    outcome: planOutcome(task, spec.tasks.find((one) => one.taskId === taskId)!, { kind: 'success' }, now, 0),
    error: null,
    value,
  }));
}

function fail(store: RunStore, attemptId: string, now = NOW + 5) {
  return store.finishAttempt(attemptId, now, (task, spec, taskId) => ({
    outcome: planOutcome(
      task,
      spec.tasks.find((one) => one.taskId === taskId)!,
      { kind: 'failed', retryable: true },
      now,
      0,
    ),
    error: { code: 'E', message: 'broken', stack: undefined },
    value: undefined,
  }));
}

const states = (tasks: readonly TaskRecord[]) =>
  Object.fromEntries(tasks.map((one) => [one.taskId, one.state]));

/** What every run store does. `open` gives an empty one. */
export function testRunStore(backend: string, open: (t: ExecutionContext) => Promise<RunStore>): void {
  const contract = (title: string, body: (t: ExecutionContext, store: RunStore) => Promise<void>) =>
    test(`${backend}: ${title}`, async (t) => {
      const store = await open(t);
      t.teardown(() => store.close());
      await body(t, store);
    });

  contract('a DAG file: new DAGs, changed DAGs, DAGs that are gone', async (t, store) => {
    const a = dagSpec('a', [taskSpec('t')], { file: 'f.ts' });
    const b = dagSpec('b', [taskSpec('t')], { file: 'f.ts', pausedUponCreation: true });
    const dags = [a, b].map((spec) => ({ spec, next: null }));
    await store.saveDagFile({ file: 'f.ts', bundle: '/1.js', dags });
    t.deepEqual(
      (await store.listDags()).map((dag) => [dag.dagId, dag.state, dag.paused, dag.bundle]),
      [
        ['a', 'active', false, '/1.js'],
        ['b', 'active', true, '/1.js'],
      ],
    );
    t.deepEqual((await store.getDag('a'))!.spec, a);
    const a2 = dagSpec('a', [taskSpec('t'), taskSpec('u')], { file: 'f.ts' });
    await store.saveDagFile({ file: 'f.ts', bundle: '/2.js', dags: [{ spec: a2, next: null }] });
    t.deepEqual((await store.getDag('a'))!.spec, a2);
    t.is((await store.getDag('b'))!.state, 'removed');
    t.deepEqual(await store.getVersion('a', a.version), a, 'old versions are kept');
    t.deepEqual(await store.listBundles(), ['/1.js', '/2.js']);
    t.is(await store.getVersion('a', 'x'), undefined);
    t.is(await store.getDag('x'), undefined);
  });

  contract('a newer bundle of the same version replaces the older; paused stays paused', async (t, store) => {
    const spec = dagSpec('a', [taskSpec('t')]);
    await save(store, spec);
    t.true(await store.setPaused('a', true));
    await store.saveDagFile({ file: spec.file, bundle: '/newer.js', dags: [{ spec, next: null }] });
    const dag = (await store.getDag('a'))!;
    t.is(dag.bundle, '/newer.js');
    t.true(dag.paused);
    t.false(await store.setPaused('x', true));
  });

  contract('an import error breaks the DAGs of its file until it is read again', async (t, store) => {
    const spec = dagSpec('a', [taskSpec('t')]);
    await save(store, spec, { start: 0, end: 1, runAt: 1 });
    const error = { file: 'a.ts', message: 'Unexpected token', line: 3, column: null, at: NOW };
    await store.saveImportError(error);
    t.deepEqual(await store.listImportErrors(), [error]);
    t.is((await store.getDag('a'))!.state, 'broken');
    t.deepEqual(await store.dueDags(NOW), []);
    await save(store, spec, { start: 0, end: 1, runAt: 1 });
    t.deepEqual(await store.listImportErrors(), []);
    t.is((await store.dueDags(NOW)).length, 1);
    await store.saveImportError({ ...error, file: 'never-good.ts' });
    t.deepEqual(await store.listDagFiles(), ['a.ts', 'never-good.ts']);
    await store.removeDagFile('a.ts');
    t.is((await store.getDag('a'))!.state, 'removed');
    t.deepEqual(await store.listDagFiles(), ['never-good.ts']);
  });

  contract('a DAG that moved to another file does not go with the old one', async (t, store) => {
    await save(store, dagSpec('a', [], { file: 'old.ts' }));
    await save(store, dagSpec('a', [], { file: 'new.ts' }));
    await store.removeDagFile('old.ts');
    t.is((await store.getDag('a'))!.state, 'active');
  });

  contract(
    'a run and the position of its DAG are written together; logical dates are unique',
    async (t, store) => {
      const spec = dagSpec('a', [taskSpec('t')], { schedule: '@daily' });
      await save(store, spec, { start: NOW, end: NOW + DAY, runAt: NOW + DAY });
      t.deepEqual(await store.dueDags(NOW + DAY - 1), []);
      const due = await store.dueDags(NOW + DAY);
      t.deepEqual(
        due.map(({ dag, activeRuns }) => [dag.dagId, activeRuns]),
        [['a', 0]],
      );
      const position = { end: NOW + DAY, schedule: scheduleKey(spec) };
      const next = { start: NOW + DAY, end: NOW + 2 * DAY, runAt: NOW + 2 * DAY };
      t.true(await store.createRun(newRun(spec, NOW, { params: { k: 1 } }), NOW + DAY, { position, next }));
      const dag = (await store.getDag('a'))!;
      t.deepEqual(dag.position, position);
      t.deepEqual(dag.next, next);
      t.deepEqual(await store.dueDags(NOW + DAY), []);
      t.is((await store.dueDags(NOW + 2 * DAY))[0]!.activeRuns, 1);
      t.deepEqual(await store.nextWake(), { due: NOW + 2 * DAY, look: null });
      const again = newRun(spec, NOW, { runId: 'other' });
      t.false(await store.createRun(again, NOW, { position, next: null }), 'the same logical date');
      t.deepEqual((await store.getDag('a'))!.next, next, 'and then nothing is written');
      t.is((await store.getRunOf('a', NOW))!.runId, `scheduled__${NOW}`);
      t.is(await store.getRunOf('a', NOW + 1), undefined);
      const [run, ...more] = await store.listRuns();
      t.deepEqual(more, []);
      t.like(run, { runId: `scheduled__${NOW}`, state: 'queued', params: { k: 1 }, createdAt: NOW + DAY });
      t.deepEqual(states(await store.listTasks(run!.key)), { t: 'none' });
      await store.moveSchedule('a', { position: null, next: null });
      t.like(await store.getDag('a'), { position: null, next: null });
    },
  );

  contract('lists of runs: by DAG, by state, newest first, so many', async (t, store) => {
    const [a, b] = [dagSpec('a', []), dagSpec('b', [])];
    await save(store, a);
    await save(store, b);
    for (const day of [2, 1, 3]) await store.createRun(newRun(a, day * DAY), NOW);
    await store.createRun(newRun(b, DAY), NOW);
    const dates = async (filter: Parameters<RunStore['listRuns']>[0]) =>
      (await store.listRuns(filter)).map((run) => `${run.dagId}${run.logicalDate / DAY}`);
    t.deepEqual(await dates({ dagId: 'a' }), ['a3', 'a2', 'a1']);
    t.deepEqual(await dates({}), ['b1', 'a3', 'a1', 'a2']);
    t.deepEqual(await dates({ limit: 1 }), ['b1']);
    t.deepEqual(await dates({ states: ['failed'] }), []);
    t.is(await store.countUnfinishedRuns(), 4);
  });

  contract('queued runs start within the limit of their DAG, not while it is paused', async (t, store) => {
    const spec = dagSpec('a', [taskSpec('t')], { maxActiveRuns: 1 });
    await save(store, spec);
    await store.setPaused('a', true);
    await store.createRun(newRun(spec, DAY), NOW);
    await store.createRun(newRun(spec, 2 * DAY), NOW);
    t.deepEqual(await store.startRuns(NOW, planRunStarts), []);
    await store.setPaused('a', false);
    const started = await store.startRuns(NOW, planRunStarts);
    t.deepEqual(
      started.map((run) => [run.logicalDate, run.state, run.startedAt]),
      [[DAY, 'running', NOW]],
    );
    t.deepEqual(await store.startRuns(NOW, planRunStarts), [], 'one at a time');
    t.deepEqual(await store.runsToLookAt(NOW, 10), [started[0]!.key]);
  });

  contract(
    'a task through its life: scheduled, claimed, started, succeeded; its value reaches those after it',
    async (t, store) => {
      const spec = dagSpec('a', [...chain(['x', 'y', 'z']), taskSpec('alone')]);
      await save(store, spec);
      const run = await startRun(store, spec);
      t.deepEqual(states(await store.listTasks(run.key)), {
        x: 'scheduled',
        y: 'none',
        z: 'none',
        alone: 'scheduled',
      });
      const [x, alone] = await claim(store);
      t.like(x, { number: 1, bundle: `/bundles/${spec.version}.js`, xcom: {} });
      t.deepEqual([x!.task.taskId, alone!.task.taskId, x!.run.runId], ['x', 'alone', run.runId]);
      t.is(states(await store.listTasks(run.key)).x, 'queued');
      t.true(await store.markStarted(x!.attemptId, NOW + 1));
      t.is(states(await store.listTasks(run.key)).x, 'running');
      t.true(await store.saveProgress(x!.attemptId, { done: 3 }));
      t.deepEqual(await store.heldAttempts(), [
        {
          attemptId: x!.attemptId,
          owner: 'me',
          dagId: 'a',
          runId: run.runId,
          taskId: 'x',
          taskState: 'running',
          runState: 'running',
        },
        {
          attemptId: alone!.attemptId,
          owner: 'me',
          dagId: 'a',
          runId: run.runId,
          taskId: 'alone',
          taskState: 'queued',
          runState: 'running',
        },
      ]);
      await finish(store, x!.attemptId, '{"rows":7}');
      t.deepEqual(await store.runsToLookAt(NOW + 5, 10), [run.key], 'its end wakes the run');
      await look(store, run.key);
      t.deepEqual(await store.runsToLookAt(NOW + 5, 10), [], 'once');
      const [y] = await claim(store);
      t.deepEqual(y!.xcom, { x: { rows: 7 } });
      await finish(store, y!.attemptId);
      await finish(store, alone!.attemptId, '1');
      await look(store, run.key);
      const [z] = await claim(store);
      t.deepEqual(z!.xcom, { x: { rows: 7 } }, 'of tasks before it only');
      await finish(store, z!.attemptId, undefined, NOW + 9);
      const end = await look(store, run.key, NOW + 10);
      t.is(end!.plan.run, 'success');
      t.like(await store.getRun('a', run.runId), { state: 'success', endedAt: NOW + 10 });
      const task = (await store.listTasks(run.key))[0]!;
      t.like(task, { taskId: 'x', state: 'success', attempts: 1, startedAt: NOW + 1, endedAt: NOW + 5 });
      t.deepEqual(await store.listAttempts(task.key), [
        {
          attemptId: x!.attemptId,
          number: 1,
          state: 'success',
          startedAt: NOW + 1,
          endedAt: NOW + 5,
          error: null,
          progress: { done: 3 },
          logFile: `/logs/${run.runId}/x/1.log`,
        },
      ]);
    },
  );

  contract('a failure is kept, and tried again when its time has come', async (t, store) => {
    const spec = dagSpec('a', [taskSpec('x', { retries: 1, retryDelayMs: 1000 })]);
    await save(store, spec);
    const run = await startRun(store, spec);
    const [first] = await claim(store);
    await fail(store, first!.attemptId);
    t.like((await store.listTasks(run.key))[0], { state: 'up_for_retry', failures: 1, retryAt: NOW + 1005 });
    t.is(await store.nextRetry(), NOW + 1005);
    await look(store, run.key, NOW + 10);
    t.deepEqual(await claim(store), []);
    t.deepEqual(await store.nextWake(), { due: null, look: NOW + 1005 });
    t.deepEqual(await store.runsToLookAt(NOW + 1005, 10), [run.key]);
    await look(store, run.key, NOW + 1005);
    t.is(await store.nextRetry(), null);
    const [second] = await claim(store);
    t.is(second!.number, 2);
    await fail(store, second!.attemptId);
    t.is((await look(store, run.key))!.plan.run, 'failed');
    const attempts = await store.listAttempts((await store.listTasks(run.key))[0]!.key);
    t.deepEqual(
      attempts.map(({ number, state, error }) => [number, state, error!.message]),
      [
        [1, 'failed', 'broken'],
        [2, 'failed', 'broken'],
      ],
    );
  });

  contract('an attempt that has ended cannot be written to', async (t, store) => {
    const spec = dagSpec('a', [taskSpec('x')]);
    await save(store, spec);
    const run = await startRun(store, spec);
    const [x] = await claim(store);
    await finish(store, x!.attemptId, '1');
    t.is(await fail(store, x!.attemptId), undefined);
    t.is(await finish(store, 'unknown'), undefined);
    t.false(await store.markStarted(x!.attemptId, NOW));
    t.false(await store.saveProgress(x!.attemptId, { late: true }));
    t.like((await store.listTasks(run.key))[0], { state: 'success', result: 1 });
    t.deepEqual(await store.heldAttempts(), []);
  });

  contract('claims: free places, priority, older dates, backfills last, limits, pauses', async (t, store) => {
    const one = dagSpec('one', [taskSpec('low'), taskSpec('high', { priorityWeight: 5 })]);
    const capped = dagSpec('capped', [taskSpec('a', { maxActive: 1, priorityWeight: 9 }), taskSpec('b')], {
      maxActiveTasks: 2,
    });
    for (const spec of [one, capped]) await save(store, spec);
    await startRun(store, one, 2 * DAY);
    await startRun(store, one, DAY);
    await startRun(store, one, 0, { type: 'backfill' });
    await startRun(store, capped, DAY);
    await startRun(store, capped, 2 * DAY);
    await store.setPaused('one', true);
    const names = (claimed: Awaited<ReturnType<typeof claim>>) =>
      claimed.map(({ run, task }) => `${task.taskId}${run.logicalDate / DAY}`);
    t.deepEqual(names(await claim(store)), ['a1', 'b1'], 'a once, two tasks of the DAG');
    await store.setPaused('one', false);
    t.deepEqual(names(await claim(store, 3)), ['high1', 'high2', 'low1']);
    t.deepEqual(names(await claim(store, 0)), []);
    t.deepEqual(names(await claim(store)), ['low2', 'high0', 'low0']);
    t.deepEqual(names(await claim(store)), []);
  });

  contract(
    'backfills: runs are created or cleared at once, and start within their own limit',
    async (t, store) => {
      const spec = dagSpec('a', [taskSpec('t')], { schedule: '@daily', maxActiveRuns: 1 });
      await save(store, spec);
      const failed = await startRun(store, spec, 2 * DAY);
      const [attempt] = await claim(store);
      await fail(store, attempt!.attemptId);
      await look(store, failed.key);
      await store.createRun(newRun(spec, 4 * DAY, { intervalStart: 9 * DAY, intervalEnd: 10 * DAY }), NOW);
      const intervals = [1, 2, 3, 4].map((day) => ({ start: day * DAY, end: (day + 1) * DAY }));
      const create = (backwards: boolean, dagId = 'a') =>
        store.createBackfill(
          { dagId, from: DAY, to: 4 * DAY, reprocess: 'failed', backwards, maxActiveRuns: 2 },
          NOW,
          (existing) => planBackfill(backwards ? intervals.toReversed() : intervals, existing, 'failed'),
          ({ start, end }, logicalDate) =>
            newRun(spec, logicalDate, {
              type: 'backfill',
              runId: `backfill__${logicalDate}`,
              intervalStart: start,
              intervalEnd: end,
            }),
        );
      t.deepEqual(
        (await store.listRunsAbout('a', DAY, 4 * DAY)).map((run) => run.key),
        [failed.key],
      );
      const steps = await create(true);
      t.deepEqual(
        steps.map(({ action }) => action),
        ['create', 'create', 'clear', 'create'],
      );
      t.deepEqual(
        (await create(true)).map(({ action }) => action),
        ['skip', 'skip', 'skip', 'skip'],
        'what is under way is left alone',
      );
      t.is((await store.dueDags(NOW))[0]?.activeRuns ?? 1, 1, 'live runs are not held back by them');
      t.deepEqual(
        (await store.startRuns(NOW, planRunStarts)).map((run) => [run.runId, run.type]),
        [
          [`scheduled__${4 * DAY}`, 'scheduled'],
          [`backfill__${4 * DAY + 1}`, 'backfill'],
          [`backfill__${3 * DAY}`, 'backfill'],
        ],
        'the live one first, then two of the backfill, newest first',
      );
      t.deepEqual(await store.startRuns(NOW, planRunStarts), []);
      for (const run of await store.listRuns({ states: ['running'] })) await look(store, run.key);
      const claimed = await claim(store);
      t.deepEqual(
        claimed.map(({ run }) => run.type),
        ['scheduled', 'backfill', 'backfill'],
      );
      for (const { attemptId, run } of claimed) {
        await finish(store, attemptId);
        await look(store, run.key);
      }
      const [cleared] = await store.startRuns(NOW, planRunStarts);
      t.like(cleared, { key: failed.key, runId: `scheduled__${2 * DAY}`, type: 'backfill' });
      t.deepEqual(states(await store.listTasks(failed.key)), { t: 'none' });
    },
  );

  contract('pools: slots are never exceeded, over all DAGs; a missing pool holds back', async (t, store) => {
    const pooled = (taskId: string, poolSlots = 1, pool = 'p') => taskSpec(taskId, { pool, poolSlots });
    const many = dagSpec(
      'many',
      Array.from({ length: 80 }, (_, i) => pooled(`t${i}`)),
      { maxActiveTasks: 99 },
    );
    const other = dagSpec('other', [pooled('wide', 2), pooled('lost', 1, 'q'), taskSpec('free')]);
    for (const spec of [many, other]) {
      await save(store, spec);
      await startRun(store, spec);
    }
    const names = (claimed: Awaited<ReturnType<typeof claim>>) => claimed.map(({ task }) => task.taskId);
    t.deepEqual(names(await claim(store)), ['free'], 'neither pool exists');
    t.deepEqual(
      (await store.listPools()).map(({ name, slots, waiting }) => [name, slots, waiting]),
      [
        ['p', null, 81],
        ['q', null, 1],
      ],
    );
    await store.setPool({ name: 'p', slots: 2, description: 'two' });
    const two = await claim(store);
    t.deepEqual(names(two), ['t0', 't1']);
    t.deepEqual(await claim(store), []);
    t.like((await store.listPools())[0], { name: 'p', slots: 2, description: 'two', used: 2, waiting: 79 });
    await store.markTasks(two[0]!.run.key, ['t0'], 'success', NOW);
    t.deepEqual(await claim(store), [], 'its attempt has not ended');
    await finish(store, two[0]!.attemptId);
    t.deepEqual(names(await claim(store)), ['t2']);
    await store.setPool({ name: 'p', slots: 1, description: '' });
    await finish(store, two[1]!.attemptId);
    t.deepEqual(await claim(store), [], 'it was made smaller');
    t.true(await store.deletePool('p'));
    t.false(await store.deletePool('p'));
  });

  contract('a branch: what it did not choose is skipped, again after a clear', async (t, store) => {
    const spec = dagSpec('a', [
      taskSpec('choose', { gate: 'branch' }),
      taskSpec('left', { upstream: ['choose'] }),
      taskSpec('right', { upstream: ['choose'] }),
    ]);
    await save(store, spec);
    const run = await startRun(store, spec);
    const [choose] = await claim(store);
    await finish(store, choose!.attemptId, '["left"]');
    await look(store, run.key);
    t.deepEqual(states(await store.listTasks(run.key)), {
      choose: 'success',
      left: 'scheduled',
      right: 'skipped',
    });
    await store.clearTasks(run.key, ['right'], NOW);
    await look(store, run.key);
    t.is(states(await store.listTasks(run.key)).right, 'skipped');
    await store.clearTasks(run.key, ['choose', 'right'], NOW);
    await store.markTasks(run.key, ['choose'], 'success', NOW);
    await look(store, run.key);
    t.is(states(await store.listTasks(run.key)).right, 'scheduled', 'marked by hand, it leaves out nothing');
  });

  contract('a limit that holds back hundreds of tasks does not hold back the others', async (t, store) => {
    const wide = dagSpec(
      'wide',
      Array.from({ length: 450 }, (_, i) => taskSpec(`t${i}`, { priorityWeight: 2 })),
      { maxActiveTasks: 1 },
    );
    const other = dagSpec('other', [taskSpec('x')]);
    for (const spec of [wide, other]) {
      await save(store, spec);
      await startRun(store, spec);
    }
    t.deepEqual((await claim(store)).map(({ run }) => run.dagId).sort(), ['other', 'wide']);
  });

  contract('dependsOnPast: the end of a task wakes the runs after it', async (t, store) => {
    const spec = dagSpec('a', [taskSpec('x', { dependsOnPast: true })]);
    await save(store, spec);
    const first = await startRun(store, spec, DAY);
    const second = await startRun(store, spec, 2 * DAY);
    t.deepEqual(states(await store.listTasks(second.key)), { x: 'none' });
    t.deepEqual(await store.runsToLookAt(NOW, 10), []);
    const [x] = await claim(store);
    await finish(store, x!.attemptId);
    t.deepEqual((await store.runsToLookAt(NOW + 5, 10)).sort(), [first.key, second.key]);
    await look(store, second.key);
    t.deepEqual(states(await store.listTasks(second.key)), { x: 'scheduled' });
  });

  contract('clearing: finished tasks start anew, a run that was over is queued again', async (t, store) => {
    const spec = dagSpec('a', chain(['x', 'y']));
    await save(store, spec);
    const run = await startRun(store, spec);
    const [x] = await claim(store);
    await finish(store, x!.attemptId, '1');
    await look(store, run.key);
    const [y] = await claim(store);
    await fail(store, y!.attemptId);
    t.is((await look(store, run.key))!.plan.run, 'failed');
    const cleared = await store.clearTasks(run.key, ['y'], NOW + 20);
    t.deepEqual(states(cleared), { y: 'none' });
    t.like(await store.getRun('a', run.runId), { state: 'queued', startedAt: null, endedAt: null });
    await store.startRuns(NOW + 21, planRunStarts);
    await look(store, run.key);
    const [again] = await claim(store);
    t.like(again, { number: 2, xcom: { x: 1 } });
    await finish(store, again!.attemptId);
    t.is((await look(store, run.key))!.plan.run, 'success');
    t.is((await store.listTasks(run.key))[1]!.failures, 0);
  });

  contract('clearing a running task: it is stopped first, then starts anew', async (t, store) => {
    const spec = dagSpec('a', [taskSpec('x')]);
    await save(store, spec);
    const run = await startRun(store, spec);
    const [x] = await claim(store);
    await store.markStarted(x!.attemptId, NOW);
    await store.clearTasks(run.key, ['x'], NOW);
    t.is((await store.heldAttempts())[0]!.taskState, 'restarting');
    await look(store, run.key);
    t.deepEqual(await claim(store), [], 'not beside the first');
    await finish(store, x!.attemptId, '"ignored"');
    await look(store, run.key);
    const [again] = await claim(store);
    t.is(again!.number, 2);
    const attempts = await store.listAttempts((await store.listTasks(run.key))[0]!.key);
    t.deepEqual(
      attempts.map(({ state }) => state),
      ['cancelled', 'running'],
    );
  });

  contract('marking a task: it stands, what followed on a failure starts over', async (t, store) => {
    const spec = dagSpec('a', chain(['x', 'y']));
    await save(store, spec);
    const run = await startRun(store, spec);
    const [x] = await claim(store);
    await fail(store, x!.attemptId);
    t.is((await look(store, run.key))!.plan.run, 'failed');
    await store.markTasks(run.key, ['x'], 'success', NOW + 20);
    t.is((await store.getRun('a', run.runId))!.state, 'queued');
    await store.startRuns(NOW + 21, planRunStarts);
    await look(store, run.key);
    t.deepEqual(states(await store.listTasks(run.key)), { x: 'success', y: 'scheduled' });
    const [y] = await claim(store);
    await finish(store, y!.attemptId);
    t.is((await look(store, run.key))!.plan.run, 'success');
    await store.markTasks(run.key, ['y'], 'failed', NOW + 30);
    await store.startRuns(NOW + 31, planRunStarts);
    t.is((await look(store, run.key))!.plan.run, 'failed');
  });

  contract('marking a task that runs: its attempt is stopped, and can change nothing', async (t, store) => {
    const spec = dagSpec('a', [taskSpec('x')]);
    await save(store, spec);
    const run = await startRun(store, spec);
    const [x] = await claim(store);
    await store.markStarted(x!.attemptId, NOW);
    await store.markTasks(run.key, ['x'], 'success', NOW);
    t.is((await store.heldAttempts())[0]!.taskState, 'success');
    await store.clearTasks(run.key, ['x'], NOW);
    t.deepEqual(states(await store.listTasks(run.key)), { x: 'restarting' }, 'not beside the first attempt');
    await store.markTasks(run.key, ['x'], 'success', NOW);
    await fail(store, x!.attemptId);
    t.like((await store.listTasks(run.key))[0], { state: 'success', failures: 0, result: null });
    t.is((await store.listAttempts((await store.listTasks(run.key))[0]!.key))[0]!.state, 'cancelled');
    t.is((await look(store, run.key))!.plan.run, 'success');
  });

  contract('marking a run marks its tasks', async (t, store) => {
    const spec = dagSpec('a', [...chain(['x', 'y']), taskSpec('z')]);
    await save(store, spec);
    const run = await startRun(store, spec);
    const [x] = await claim(store, 1);
    await store.markStarted(x!.attemptId, NOW);
    await store.markRun(run.key, 'failed', NOW + 1);
    t.deepEqual(states(await store.listTasks(run.key)), { x: 'failed', y: 'skipped', z: 'skipped' });
    t.like(await store.getRun('a', run.runId), { state: 'failed', endedAt: NOW + 1 });
    await store.clearTasks(run.key, ['y', 'z'], NOW);
    await store.markRun(run.key, 'success', NOW + 2);
    t.deepEqual(states(await store.listTasks(run.key)), { x: 'success', y: 'success', z: 'success' });
    t.like(await store.getRun('a', run.runId), { state: 'success', endedAt: NOW + 2 });
  });

  contract('deleting a DAG: nothing of it is left, nothing of others is gone', async (t, store) => {
    const [a, b] = [dagSpec('a', [taskSpec('x')]), dagSpec('b', [taskSpec('x')])];
    for (const spec of [a, b]) {
      await save(store, spec);
      await startRun(store, spec);
    }
    const claimed = await claim(store);
    t.true(await store.deleteDag('a'));
    t.false(await store.deleteDag('a'));
    t.is(await store.getDag('a'), undefined);
    t.is(await store.getVersion('a', a.version), undefined);
    t.deepEqual(
      (await store.listRuns()).map((run) => run.dagId),
      ['b'],
    );
    const lost = claimed.find(({ run }) => run.dagId === 'a')!;
    t.is(await finish(store, lost.attemptId, '1'), undefined, 'its attempt has lost its lease');
    t.deepEqual(
      (await store.heldAttempts()).map(({ dagId }) => dagId),
      ['b'],
    );
    t.deepEqual(await store.check(), []);
  });

  contract('cleaning: old runs go, but not what a run may ask about its past', async (t, store) => {
    const old = dagSpec('a', [taskSpec('x')], { description: 'old' });
    const spec = dagSpec('a', [taskSpec('x')]);
    await save(store, old);
    const end = async (logicalDate: number, of = spec, more: Partial<NewRun> = {}) => {
      await startRun(store, of, logicalDate, more);
      for (const { attemptId, run } of await claim(store)) {
        await finish(store, attemptId, '1');
        await look(store, run.key, NOW + logicalDate);
      }
    };
    await end(DAY, old);
    await save(store, spec);
    for (const day of [2, 3, 5]) await end(day * DAY);
    await end(7 * DAY, spec, { type: 'manual', runId: 'by-hand' });
    await store.createRun(newRun(spec, 4 * DAY), NOW);
    const days = (runs: readonly { logicalDate: number }[]) => runs.map((run) => run.logicalDate / DAY);
    t.deepEqual(
      days(await store.runsToClean(NOW + 9 * DAY, 9)),
      [1, 2, 7],
      '3 is the past of 4; 5 is the newest',
    );
    t.deepEqual(days(await store.runsToClean(NOW + 2 * DAY, 9)), [1], 'those that ended before');
    t.deepEqual(days(await store.runsToClean(NOW + 9 * DAY, 2)), [1, 2]);
    const all = await store.listRuns({ dagId: 'a' });
    t.is(await store.deleteRuns(all.filter((run) => run.logicalDate < 3 * DAY).map((run) => run.key)), 2);
    t.is(await store.deleteRuns(all.filter((run) => run.state === 'queued').map((run) => run.key)), 0);
    t.is(await store.deleteUnused(), 1, 'the version of the first run');
    t.is(await store.getVersion('a', old.version), undefined);
    t.deepEqual(days(await store.listRuns({ dagId: 'a' })), [7, 5, 4, 3]);
    t.deepEqual(await store.check(), []);
  });

  contract(
    'callbacks are written with what they tell of, and stay until they were called',
    async (t, store) => {
      const task = taskSpec('x', { retries: 1, callbacks: ['onSuccess', 'onRetry'] });
      const spec = dagSpec('a', [task, taskSpec('quiet')], { callbacks: ['onDeadlineMissed', 'onSuccess'] });
      await save(store, spec);
      const run = await startRun(store, spec);
      const pending = async (without: number[] = []) => store.pendingCallbacks(9, without);
      t.deepEqual(await pending(), []);
      for (const { attemptId, task: of } of await claim(store)) {
        await (of.taskId === 'x' ? fail(store, attemptId) : finish(store, attemptId, '7'));
      }
      const [retry] = await pending();
      t.like(retry, {
        kind: 'onRetry',
        taskId: 'x',
        attempt: 1,
        error: { message: 'broken' },
        xcom: { quiet: 7 },
      });
      t.is(retry!.bundle, `/bundles/${spec.version}.js`);
      t.deepEqual(await pending([retry!.key]), []);
      await store.finishCallback(retry!.key);
      t.deepEqual(await pending(), []);

      const late = await store.lookAtRun(run.key, NOW + 10, (view) =>
        planTasks({ ...view, startedAt: NOW, deadlineAt: NOW + 10, now: NOW + 10 }),
      );
      t.true(late!.plan.deadlineMissed);
      t.true((await store.getRun('a', run.runId))!.deadlineMissed);
      const [x] = await claim(store);
      await finish(store, x!.attemptId);
      await look(store, run.key);
      t.deepEqual(
        (await pending()).map(({ kind, taskId, attempt }) => [kind, taskId, attempt]),
        [
          ['onDeadlineMissed', null, 0],
          ['onSuccess', 'x', 2],
          ['onSuccess', null, 0],
        ],
      );
      t.true(await store.deleteDag('a'));
      t.deepEqual(await pending(), []);
    },
  );

  const holder = (owner: string, more: Partial<LeaseHolder> = {}): LeaseHolder => ({
    owner,
    host: 'elsewhere',
    pid: 1,
    processStart: 5,
    ...more,
  });

  contract('one scheduler at a time: a second is told who the first is', async (t, store) => {
    const b = holder('b', { host: 'here' });
    await store.acquireLease(holder('a', { pid: 4711 }), NOW, NOW + 1000);
    const error = await t.throwsAsync(store.acquireLease(b, NOW + 999, NOW + 2000), {
      code: 'STATE_DATABASE_IN_USE',
    });
    t.regex(error!.message, /pid 4711 on elsewhere/);
    t.true(await store.renewLease('a', NOW + 3000));
    t.deepEqual(await store.currentLease(), { ...holder('a', { pid: 4711 }), expiresAt: NOW + 3000 });
    await t.throwsAsync(store.acquireLease(b, NOW + 2999, NOW + 4000));
    await store.releaseLease('b');
    await t.throwsAsync(store.acquireLease(b, NOW + 2999, NOW + 4000), undefined, 'not the holder');
    await store.releaseLease('a');
    await t.notThrowsAsync(store.acquireLease(b, NOW, NOW + 1000));
  });

  contract('a lease that ran out is taken over, and the first learns of it', async (t, store) => {
    await store.acquireLease(holder('a'), NOW, NOW + 1000);
    await store.acquireLease(holder('b'), NOW + 1000, NOW + 2000);
    t.false(await store.renewLease('a', NOW + 3000));
    t.true(await store.renewLease('b', NOW + 3000));
  });

  contract('a holder that is dead is replaced at once', async (t, store) => {
    const here = { host: 'here', pid: process.pid, processStart: 5 };
    await store.acquireLease(holder('gone', { host: 'here', pid: 2 ** 22 + 1 }), NOW, NOW + 1000);
    await t.notThrowsAsync(store.acquireLease(holder('b', here), NOW, NOW + 1000), 'its pid is gone');
    await t.throwsAsync(
      store.acquireLease(holder('c', here), NOW, NOW + 1000),
      undefined,
      'the same process lives',
    );
    const later = { ...here, processStart: 6 };
    await t.notThrowsAsync(store.acquireLease(holder('d', later), NOW, NOW + 1000), 'its pid is ours now');
  });
}
