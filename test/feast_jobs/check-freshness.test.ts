import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { FeatureStore } from '../../src/index.js';
import { temporaryFolder } from '../helpers/fixtures.js';
import { runCommand } from '../helpers/run-command.js';

test('the job and the command name the views that miss their objective, until these are materialized', async (t) => {
  const folder = temporaryFolder(t);
  await runCommand('feast', ['init', 'home'], folder);
  const home = join(folder, 'home');
  const file = join(home, 'repository/drivers.ts');
  const text = readFileSync(file, 'utf8');
  t.true(text.includes('featureView({'));
  writeFileSync(file, text.replace('featureView({', "featureView({\n  freshness: '26h',"));
  const store = await FeatureStore.open(join(home, 'repository'));
  t.teardown(() => store.close());
  await store.applyRepository();
  t.false((await store.applyRepository()).changed);

  const check = () => runCommand('run-job', ['check_freshness'], home);
  const missed = await check();
  t.is(missed.code, 1);
  t.regex(
    missed.stderr,
    /1 of 1 .*driver_hourly_stats \(never materialized\).*materialize them \[FRESHNESS_MISSED\]/,
  );
  const feast = (...args: string[]) => runCommand('feast', ['-c', 'repository', 'freshness', ...args], home);
  const before = await feast();
  t.is(before.code, 1);
  t.regex(before.stdout, /^driver_hourly_stats +breach +1d2h +never +-$/m);

  await store.materializeIncremental({ end: new Date(Date.now() - 22 * 3_600_000) });
  const due = await feast('--json');
  t.is(due.code, 0);
  t.like(JSON.parse(due.stdout), [{ view: 'driver_hourly_stats', status: 'due', objectiveMs: 93_600_000 }]);
  const warned = await check();
  t.is(warned.code, 0, warned.stderr);
  t.regex(warned.stderr, /about to miss .*driver_hourly_stats \(materialized until 20/);

  await store.materializeIncremental();
  t.deepEqual(JSON.parse((await feast('--json')).stdout), []);
  t.is(JSON.parse((await check()).stdout).views[0].status, 'ok');
});
