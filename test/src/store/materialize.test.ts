import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FeatureStore, partialResultOf } from '../../../src/index.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';
import { runCommand } from '../../helpers/run-command.js';

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
});
