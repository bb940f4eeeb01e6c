import test from 'ava';
import type { DagSpec } from '../../../scheduler/dag/spec.js';
import {
  clearTasks,
  findDag,
  findRun,
  nextRunOf,
  setPaused,
  triggerRun,
} from '../../../scheduler/loop/operations.js';
import type { RunStore } from '../../../scheduler/store/run-store.js';
import { chain, dagSpec, taskSpec } from '../../helpers/dag-spec.js';
import { NOW, startLoop, tempStore } from '../../helpers/loop.js';

const save = (store: RunStore, spec: DagSpec) =>
  store.saveDagFile({ file: spec.file, bundle: '/b.js', dags: [{ spec, next: null }] });

test('unknown DAGs, runs and tasks are named, with the nearest that exists', async (t) => {
  const store = await tempStore(t);
  const empty = await t.throwsAsync(findDag(store, 'x'), { code: 'DAG_NOT_FOUND' });
  t.regex(empty!.message, /no DAG file yet/);
  await save(store, dagSpec('materialize', [taskSpec('load')]));
  const dag = await t.throwsAsync(triggerRun(store, 'materialise', NOW), { code: 'DAG_NOT_FOUND' });
  t.regex(dag!.message, /"materialise".*Did you mean "materialize"\?/);
  await t.throwsAsync(setPaused(store, 'materialise', true), { code: 'DAG_NOT_FOUND' });
  await t.throwsAsync(findRun(store, 'materialise', 'r'), { code: 'DAG_NOT_FOUND' });
  await t.throwsAsync(findRun(store, 'materialize', 'r'), { code: 'RUN_NOT_FOUND' });
  const { runId } = await triggerRun(store, 'materialize', NOW);
  const task = await t.throwsAsync(clearTasks(store, 'materialize', runId, NOW, { taskIds: ['laod'] }), {
    code: 'TASK_NOT_FOUND',
  });
  t.regex(task!.message, /"laod".*Did you mean "load"\?/);
});

test('a manual run: its date is now, its interval the last complete one, its params laid over the DAG’s', async (t) => {
  const store = await tempStore(t);
  await save(store, dagSpec('d', [taskSpec('a')], { schedule: '@daily', params: { a: 1, b: 1 } }));
  const run = await triggerRun(store, 'd', NOW, { params: { b: 2 } });
  t.like(run, {
    runId: 'manual__2026-11-20T12:00:00+00:00',
    type: 'manual',
    state: 'queued',
    logicalDate: NOW,
    intervalStart: Date.UTC(2026, 10, 19),
    intervalEnd: Date.UTC(2026, 10, 20),
    params: { a: 1, b: 2 },
  });
  const again = await triggerRun(store, 'd', NOW);
  t.is(again.logicalDate, NOW + 1, 'logical dates are unique');
  const error = await t.throwsAsync(triggerRun(store, 'd', NOW, { logicalDate: NOW }), {
    code: 'RUN_EXISTS',
  });
  t.regex(error!.message, /2026-11-20T12:00:00.000Z/);
});

test('a manual run does not move the schedule, nor take an interval from it', async (t) => {
  const store = await tempStore(t);
  const start = Date.UTC(2026, 10, 18);
  const spec = dagSpec('d', [taskSpec('a')], { schedule: '@daily', startDate: start });
  await save(store, spec);
  await triggerRun(store, 'd', NOW, { logicalDate: start });
  const { loop } = startLoop(store, [spec], () => {});
  t.like(await loop.runOnce(), { runsCreated: 2, runs: { success: 3, failed: 0 } });
  const day = (ms: number) => new Date(ms).getUTCDate();
  t.deepEqual(
    (await store.listRuns({ dagId: 'd' })).map((run) => [
      run.type,
      run.runId.split('__')[1],
      day(run.intervalStart),
      day(run.intervalEnd),
    ]),
    [
      ['scheduled', '2026-11-19T00:00:00+00:00', 19, 20],
      ['scheduled', '2026-11-18T00:00:00.001+00:00', 18, 19],
      ['manual', '2026-11-18T00:00:00+00:00', 17, 18],
    ],
  );
  t.is(nextRunOf(await findDag(store, 'd'), NOW)!.start, Date.UTC(2026, 10, 20));
});

test('a run about the same interval is not made twice, even if the schedule forgot it', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', [taskSpec('a')], { schedule: '@daily', startDate: Date.UTC(2026, 10, 18) });
  await startLoop(store, [spec], () => {}).loop.runOnce();
  await store.moveSchedule('d', { position: null, next: null });
  t.like(await startLoop(store, [spec], () => {}).loop.runOnce(), { runsCreated: 0 });
  t.is((await store.listRuns()).length, 2);
  t.is((await findDag(store, 'd')).position!.end, Date.UTC(2026, 10, 20));
});

test('clearing takes what comes after with it, unless told otherwise', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', [...chain(['a', 'b', 'c']), taskSpec('x')], { schedule: '@once' });
  const cleared = async (options: Parameters<typeof clearTasks>[4]) => {
    await startLoop(store, [spec], () => {}).loop.runOnce();
    const [run] = await store.listRuns();
    return (await clearTasks(store, 'd', run!.runId, NOW, options)).map(({ taskId }) => taskId);
  };
  t.deepEqual(await cleared({ taskIds: ['b'] }), ['b', 'c']);
  t.deepEqual(await cleared({ taskIds: ['b'], downstream: false }), ['b']);
  t.deepEqual(await cleared({}), ['a', 'b', 'c', 'x']);
  const summary = await startLoop(store, [spec], () => {}).loop.runOnce();
  t.like(summary, { runsCreated: 0, runs: { success: 1, failed: 0 } });
  t.is(summary.tasks.success, 4);
});

test('the next run of a DAG that is broken: none', async (t) => {
  const store = await tempStore(t);
  await save(store, dagSpec('d', [], { schedule: '@daily' }));
  t.not(nextRunOf(await findDag(store, 'd'), NOW), null);
  await store.saveImportError({ file: 'd.ts', message: 'm', line: null, column: null, at: NOW });
  t.is(nextRunOf(await findDag(store, 'd'), NOW), null);
});
