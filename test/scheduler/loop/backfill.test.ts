import test from 'ava';
import type { DagSpec } from '../../../scheduler/dag/spec.js';
import { createBackfill } from '../../../scheduler/loop/backfill.js';
import type { RunStore } from '../../../scheduler/store/run-store.js';
import { dagSpec, taskSpec } from '../../helpers/dag-spec.js';
import { NOW, startLoop, tempStore } from '../../helpers/loop.js';

const day = (date: number) => Date.UTC(2026, 9, date);
const save = (store: RunStore, spec: DagSpec) =>
  store.saveDagFile({ file: spec.file, bundle: '/b.js', dags: [{ spec, next: null }] });
const daily = (more: Parameters<typeof dagSpec>[2] = {}) =>
  dagSpec('d', [taskSpec('a')], { schedule: '@daily', catchup: false, ...more });

test('a backfill runs each interval of its range once, oldest first, even before startDate', async (t) => {
  const store = await tempStore(t);
  const spec = daily();
  await save(store, spec);
  const options = { from: day(1), to: day(4), maxActiveRuns: 1 };
  const planned = await createBackfill(store, 'd', NOW, { ...options, dryRun: true });
  t.deepEqual(await store.listRuns(), [], 'a dry run writes nothing');
  t.deepEqual(await createBackfill(store, 'd', NOW, options), planned);
  const order: number[] = [];
  const { loop } = startLoop(store, [spec], ({ intervalStart }) => order.push(intervalStart), {
    capacity: 1,
  });
  t.like(await loop.runOnce(), { runsCreated: 1, runs: { success: 5, failed: 0 } });
  t.deepEqual(order, [Date.UTC(2026, 10, 19), day(1), day(2), day(3), day(4)], 'the live run first');
  t.deepEqual(
    (await createBackfill(store, 'd', NOW, options)).map(({ action }) => action),
    ['skip', 'skip', 'skip', 'skip'],
  );
  t.like(await startLoop(store, [spec], () => t.fail()).loop.runOnce(), { runsCreated: 0 });
});

test('the schedule does not make a run of an interval that a backfill has', async (t) => {
  const store = await tempStore(t);
  const spec = daily({ startDate: Date.UTC(2026, 10, 18), catchup: true });
  await save(store, spec);
  const range = { from: Date.UTC(2026, 10, 17), to: NOW };
  t.is((await createBackfill(store, 'd', NOW, range)).length, 3, 'the interval that is not over is left out');
  t.like(await startLoop(store, [spec], () => {}).loop.runOnce(), {
    runsCreated: 0,
    runs: { success: 3, failed: 0 },
  });
  t.is((await store.listRuns()).length, 3);
});

test('a backfill goes on after its scheduler stopped', async (t) => {
  const store = await tempStore(t);
  const spec = daily({ catchup: false, endDate: Date.UTC(2026, 10, 1) });
  await save(store, spec);
  await createBackfill(store, 'd', NOW, { from: day(1), to: day(6), maxActiveRuns: 2 });
  const first = startLoop(store, [spec], ({ intervalStart }) => {
    if (intervalStart === day(3)) void first.loop.stop(0);
  });
  await first.loop.runOnce();
  t.true((await store.countUnfinishedRuns()) > 0);
  const done: number[] = [];
  await startLoop(store, [spec], ({ intervalStart }) => done.push(intervalStart)).loop.runOnce();
  t.is(await store.countUnfinishedRuns(), 0);
  t.true(done.includes(day(6)) && !done.includes(day(1)));
});

test('what cannot be backfilled is refused, and says why', async (t) => {
  const store = await tempStore(t);
  await save(store, daily());
  await save(store, dagSpec('manual', [taskSpec('a')]));
  await save(store, dagSpec('past', [taskSpec('a', { dependsOnPast: true })], { schedule: '@daily' }));
  await save(store, dagSpec('often', [taskSpec('a')], { schedule: { every: '1m' } }));
  const refused: [string, Parameters<typeof createBackfill>[3], RegExp][] = [
    ['d', { from: day(2), to: day(1) }, /2026-10-02T00:00:00.000Z lies after to 2026-10-01/],
    ['manual', { from: day(1), to: day(2) }, /no data intervals.*dags trigger/],
    ['past', { from: day(1), to: day(2), backwards: true }, /depends on its past.*--backwards/],
    ['often', { from: day(1), to: day(9) }, /more than 10000 intervals/],
  ];
  for (const [dagId, options, message] of refused) {
    const error = await t.throwsAsync(createBackfill(store, dagId, NOW, options), {
      code: 'BACKFILL_INVALID',
    });
    t.regex(error!.message, message);
  }
  await store.removeDagFile('d.ts');
  await t.throwsAsync(createBackfill(store, 'd', NOW, { from: day(1), to: day(2) }), { code: 'DAG_INVALID' });
});
