import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FeatureStore, partialResultOf } from '../../../src/index.js';
import { writeRows } from '../../helpers/duckdb-files.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';
import { runCommand } from '../../helpers/run-command.js';
import { writeStatsRepository } from '../../helpers/stats-repository.js';

const WINDOW = { start: '2026-11-01T11:00:00', end: '2026-11-01T13:00:00' };
const VIEWS = ['driver_fresh', 'driver_hourly_stats', 'global_stats', 'inferred_stats', 'route_delays'];

/** The golden repository, applied, in a folder of its own. */
async function goldenStore(t: ExecutionContext): Promise<{ folder: string; store: FeatureStore }> {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden_repo'), folder, { recursive: true });
  const store = await FeatureStore.open(folder);
  t.teardown(() => store.close());
  await store.applyRepository();
  return { folder, store };
}

for (const parallelism of [1, 3]) {
  test(`a failing view does not stop the others, ${parallelism} at a time`, async (t) => {
    const { folder, store } = await goldenStore(t);
    rmSync(join(folder, 'data/routes.parquet'));
    const error = await t.throwsAsync(() => store.materialize({ ...WINDOW, parallelism }), {
      code: 'MATERIALIZATION_FAILED',
      message: /^1 of 5 feature views .*route_delays: .*routes\.parquet.* \[SOURCE_NOT_FOUND\]$/,
    });
    const result = partialResultOf(error);
    t.deepEqual(
      result?.views.map(({ view }) => view),
      VIEWS.filter((view) => view !== 'route_delays'),
    );
    t.like(result?.failures, [{ view: 'route_delays', code: 'SOURCE_NOT_FOUND' }]);
    t.is(partialResultOf(new Error('another')), undefined);
    const answer = await store.getOnlineFeatures({
      features: ['driver_hourly_stats:conv_rate'],
      entityRows: [{ driver_id: 3 }],
    });
    t.deepEqual(answer.toRows(), [{ driver_id: 3, conv_rate: 0.55 }]);
  });
}

test('the command prints what was done and what failed, and exits with 1', async (t) => {
  const { folder } = await goldenStore(t);
  rmSync(join(folder, 'data/routes.parquet'));
  const args = ['materialize', WINDOW.start, WINDOW.end, '--parallelism', '2'];
  const text = await runCommand('feast', args, folder);
  t.is(text.code, 1);
  t.regex(text.stdout, /^driver_hourly_stats +2026-11-01T11/m);
  t.regex(text.stdout, /^route_delays +failed: SOURCE_NOT_FOUND$/m);
  t.regex(text.stderr, /error: 1 of 5 .*\[MATERIALIZATION_FAILED\]/);
  const json = JSON.parse((await runCommand('feast', [...args, '--json'], folder)).stdout);
  t.deepEqual([json.views.length, json.failures.length], [4, 1]);
});

test('options out of range are errors before anything is read', async (t) => {
  const { store } = await goldenStore(t);
  await t.throwsAsync(() => store.materialize({ ...WINDOW, parallelism: 0 }), {
    code: 'MATERIALIZATION_OPTION',
    message: /parallelism: 0/,
  });
  await t.throwsAsync(() => store.materialize({ ...WINDOW, chunk: '1 day' }), { code: 'DURATION_INVALID' });
  await t.throwsAsync(() => store.materialize({ ...WINDOW, chunk: 0 }), { code: 'MATERIALIZATION_OPTION' });
});

test('coverage and filling gaps: only what is missing is read, in chunks that are recorded as they complete', async (t) => {
  const { folder, store } = await goldenStore(t);
  const views = ['driver_hourly_stats'];
  const day = (n: number) => `2026-10-0${n}T00:00:00.000Z`;
  await store.materialize({ start: day(3), end: day(4), views });
  const covered = async () => {
    const [found] = await store.coverage({ views, from: day(1), to: day(6) });
    return JSON.parse(JSON.stringify(found));
  };
  t.like(await covered(), {
    view: 'driver_hourly_stats',
    covered: [{ start: day(3), end: day(4) }],
    gaps: [
      { start: day(1), end: day(3) },
      { start: day(4), end: day(6) },
    ],
    missingMs: 4 * 86_400_000,
    newestEnd: day(4),
  });
  const table = await runCommand('feast', ['coverage', '--from', day(1), '--to', day(6)], folder);
  t.regex(table.stdout, /^driver_hourly_stats .* 1d +4d .*2026-10-04/m);
  t.regex(table.stdout, /^global_stats .* never +-$/m);
  t.regex(table.stdout, /\n\nGAP OF.*\n(.*\n)*driver_hourly_stats +2026-10-04T00:00:00.000Z +2026-10-06/);

  const args = ['materialize', day(1), day(6), '--fill-gaps', '--chunk', '1d', '-v', ...views];
  const filled = await runCommand('feast', args, folder);
  t.is(filled.code, 0, filled.stderr);
  t.like(await covered(), { covered: [{ start: day(1), end: day(6) }], gaps: [] });
  t.deepEqual((await store.fillGaps({ start: day(1), end: day(6), views })).upToDate, views);
  const missing = await runCommand('feast', ['materialize', day(1)], folder);
  t.is(missing.code, 2);
  t.regex(missing.stderr, /--fill-gaps/);
});

test('late rows: found by created time within what was materialized, and only these entities are written', async (t) => {
  const folder = temporaryFolder(t);
  writeStatsRepository(folder);
  const now = Date.now();
  const ago = (hours: number) =>
    new Date(now - hours * 3_600_000).toISOString().slice(0, 23).replace('T', ' ');
  /** id, n, event time and created time in hours before now */
  const write = (rows: [number, number, number, number][]) =>
    writeRows(
      join(folder, 'rows.parquet'),
      `SELECT id::BIGINT AS id, n::BIGINT AS n, "at", created FROM (VALUES ${rows
        .map(([id, n, at, made]) => `(${id}, ${n}, TIMESTAMP '${ago(at)}', TIMESTAMP '${ago(made)}')`)
        .join(', ')}) t(id, n, "at", created)`,
    );
  const old: [number, number, number, number][] = [
    [1, 10, 200, 199],
    [2, 20, 200, 199],
    [3, 30, 190, 189],
  ];
  await write(old);
  const store = await FeatureStore.open(folder);
  t.teardown(() => store.close());
  await store.applyRepository();
  const day = (hours: number) => new Date(now - hours * 3_600_000);
  await store.materialize({ start: day(240), end: day(100) });
  await write([...old, [1, 11, 150, 2], [3, 29, 195, 2], [4, 40, 150, 2], [5, 50, 300, 2], [6, 60, 150, 90]]);
  const read = async (view: string) => {
    const entityRows = [1, 2, 3, 4, 5, 6].map((id) => ({ id }));
    return (await store.getOnlineFeatures({ features: [`${view}:n`], entityRows })).toColumns().n;
  };
  const end = day(100);
  const without = await store.materializeIncremental({ end });
  t.deepEqual(without.upToDate, ['stats', 'untimed']);
  t.deepEqual(await read('stats'), [10, 20, 30, null, null, null]);

  const before = await store.coverage();
  const { views, upToDate } = await store.materializeIncremental({ end, lateLookback: '3d' });
  t.deepEqual(upToDate, ['untimed'], 'without a created time nothing is known to be late');
  t.like(views, [{ view: 'stats', rowsRead: 0, late: { rowsRead: 3, written: 2, skippedOlder: 1 } }]);
  // 3 keeps its newer row, 5 lies outside of what was materialized, 6 came before the lookback
  t.deepEqual(await read('stats'), [11, 20, 30, 40, null, null]);
  t.deepEqual((await store.coverage())[0]?.covered[0]?.start, before[0]?.covered[0]?.start);

  const args = ['materialize-incremental', '--late-lookback', '4d', '-v', 'stats'];
  const command = await runCommand('feast', args, folder);
  t.regex(command.stdout, /LATE .*\nstats .* 3 +\d/);
  t.deepEqual(await read('stats'), [11, 20, 30, 40, null, 60]);
});
