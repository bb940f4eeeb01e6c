import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FeatureStore } from '../../../src/index.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';

/** The golden repository in a folder of its own. */
function goldenRepository(t: ExecutionContext): string {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden_repo'), folder, { recursive: true });
  return folder;
}

async function openStore(t: ExecutionContext, folder: string): Promise<FeatureStore> {
  const store = await FeatureStore.open(folder);
  t.teardown(() => store.close());
  return store;
}

const WINDOW = { start: '2026-11-01T11:00:00', end: '2026-11-01T13:00:00' };

test('apply, materialize, read: the golden repository through the one door', async (t) => {
  const store = await openStore(t, goldenRepository(t));
  const applied = await store.applyRepository();
  t.true(applied.changed);
  const again = await store.applyRepository();
  t.deepEqual([again.changed, again.lines], [false, []]);

  const progress: string[] = [];
  const result = await store.materialize({ ...WINDOW, onProgress: ({ view }) => progress.push(view) });
  t.deepEqual(
    result.views.map(({ view }) => view),
    ['driver_fresh', 'driver_hourly_stats', 'global_stats', 'inferred_stats', 'route_delays'],
  );
  t.deepEqual(
    [...new Set(progress)],
    result.views.map(({ view }) => view),
  );
  t.deepEqual(JSON.parse(JSON.stringify(result)).views[1].interval, {
    start: '2026-11-01T11:00:00.000Z',
    end: '2026-11-01T13:00:00.000Z',
  });

  const answer = await store.getOnlineFeatures({
    features: ['driver_hourly_stats:conv_rate', 'driver_hourly_stats:name'],
    entityRows: [{ driver_id: 3 }, { driver_id: 77 }],
  });
  t.deepEqual(answer.toRows(), [
    { driver_id: 3, conv_rate: 0.55, name: 'late-created wins' },
    { driver_id: 77, conv_rate: null, name: null },
  ]);
  t.deepEqual(answer.results[1]?.statuses, ['PRESENT', 'NOT_FOUND']);
  const byService = await store.getOnlineFeatures({
    features: { service: 'driver_activity_v1' },
    entityRows: [{ driver_id: 3, origin: 'ATL', destination: 'SEA' }],
    fullFeatureNames: true,
  });
  t.is(byService.toColumns().route_delays__delay?.[0], 7);
});

test('a view is materialized once more from where it left off, and not beyond now', async (t) => {
  const store = await openStore(t, goldenRepository(t));
  await store.applyRepository();
  await store.materialize({ ...WINDOW, views: ['driver_hourly_stats'] });
  const end = '2026-11-02T00:00:00';
  const next = await store.materializeIncremental({ end, views: ['driver_hourly_stats'] });
  t.is(next.views[0]?.interval.start.toISOString(), '2026-11-01T13:00:00.000Z');
  t.deepEqual((await store.materializeIncremental({ end, views: ['driver_hourly_stats'] })).upToDate, [
    'driver_hourly_stats',
  ]);
  const future = new Date(Date.now() + 3_600_000);
  await t.throwsAsync(() => store.materializeIncremental({ end: future }), {
    code: 'MATERIALIZATION_WINDOW',
  });
});

test('bad requests say what is known', async (t) => {
  const store = await openStore(t, goldenRepository(t));
  await store.applyRepository();
  const read = (features: string[] | { service: string }, row: Record<string, unknown> = { driver_id: 1 }) =>
    store.getOnlineFeatures({ features, entityRows: [row] });
  await t.throwsAsync(() => read(['driver_hourly_stat:trips']), {
    code: 'FEATURE_VIEW_NOT_FOUND',
    message: /Did you mean "driver_hourly_stats"/,
  });
  await t.throwsAsync(() => read(['driver_hourly_stats:trip']), {
    code: 'FEATURE_NOT_FOUND',
    message: /"trips"/,
  });
  await t.throwsAsync(() => read({ service: 'driver_activity' }), {
    code: 'FEATURE_SERVICE_NOT_FOUND',
    message: /driver_activity_v1/,
  });
  await t.throwsAsync(() => read(['driver_hourly_stats:trips'], { driver: 'x' }), { code: 'VALUE_INVALID' });
  await t.throwsAsync(() => store.materialize({ ...WINDOW, views: ['nope'] }), {
    code: 'FEATURE_VIEW_NOT_FOUND',
  });
  await t.throwsAsync(() => store.materialize({ start: '2026-11-02', end: '2026-11-01' }), {
    code: 'MATERIALIZATION_WINDOW',
  });
  await t.throwsAsync(() => store.get('entity', 'drver'), { code: 'ENTITY_NOT_FOUND', message: /"driver"/ });
});

test('a source that is gone, or lacks a column, fails the apply and the materialization, and nothing is recorded', async (t) => {
  const folder = goldenRepository(t);
  const store = await openStore(t, folder);
  await store.applyRepository();
  const registry = readFileSync(join(folder, 'data/registry.db'));
  copyFileSync(join(folder, 'data/routes.parquet'), join(folder, 'data/stats.parquet'));
  await t.throwsAsync(() => store.applyRepository(), { code: 'SOURCE_COLUMN_MISSING' });
  await t.throwsAsync(() => store.materialize({ ...WINDOW, views: ['driver_hourly_stats'] }), {
    code: 'MATERIALIZATION_FAILED',
    message: /driver_hourly_stats: .*\[SOURCE_COLUMN_MISSING\]/,
  });
  writeFileSync(join(folder, 'data/stats.parquet'), 'not parquet');
  await t.throwsAsync(() => store.materialize({ ...WINDOW, views: ['driver_hourly_stats'] }), {
    code: 'MATERIALIZATION_FAILED',
    message: /\[SOURCE_UNREADABLE\]/,
  });
  t.deepEqual(readFileSync(join(folder, 'data/registry.db')), registry);
});

test('aborting stops a materialization and records nothing', async (t) => {
  const store = await openStore(t, goldenRepository(t));
  await store.applyRepository();
  const signal = AbortSignal.abort();
  await t.throwsAsync(() => store.materialize({ ...WINDOW, signal }), { code: 'MATERIALIZATION_ABORTED' });
  const view = (await store.describe('feature_view', 'driver_hourly_stats')) as { meta: object };
  t.false('materialization_intervals' in view.meta);
});

test('teardown takes this project only; without an online store one can still apply', async (t) => {
  const folder = goldenRepository(t);
  mkdirSync(join(folder, 'other'));
  writeFileSync(
    join(folder, 'other/views.ts'),
    "import { entity } from 'feast-scheduler';\nexport const other = entity({ name: 'other' });\n",
  );
  writeFileSync(
    join(folder, 'other/feature_store.yaml'),
    'project: other\nregistry: ../data/registry.db\nonline_store: null\n',
  );
  const other = await openStore(t, join(folder, 'other'));
  t.true((await other.applyRepository()).changed);
  await t.throwsAsync(() => other.materialize(WINDOW), { code: 'ONLINE_STORE_NONE' });

  writeFileSync(join(folder, '.feastignore'), 'other\n');
  const store = await openStore(t, folder);
  await store.applyRepository();
  t.regex((await store.teardown()).lines.join(), /demo_driver_hourly_stats/);
  t.deepEqual(await store.list('feature_view'), []);
  t.is((await other.list('entity')).filter((entity) => entity.name === 'other').length, 1);
  t.true(existsSync(join(folder, 'data/online.db')));
});
