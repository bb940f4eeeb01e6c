import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../../helpers/fixtures.js';
import { runCommand } from '../../helpers/run-command.js';

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

test('from init to reading features back, with every command on the way', async (t) => {
  const folder = temporaryFolder(t);
  const feast = (...args: string[]) => runCommand('feast', args, folder);
  const inRepository = (...args: string[]) => feast('-c', 'my_repo/repository', ...args);

  const init = await feast('init', 'my_repo');
  t.is(init.code, 0, init.stderr);
  for (const file of [
    'repository/drivers.ts',
    'feast_jobs/apply.ts',
    'scheduler/dags/feast_materialization.ts',
  ]) {
    t.true(existsSync(join(folder, 'my_repo', file)), file);
  }
  t.regex((await feast('init', 'my_repo')).stderr, /is not empty/);

  const plan = await inRepository('plan');
  t.regex(plan.stdout, /Created feature view driver_hourly_stats/);
  t.regex(plan.stdout, /Created sqlite table my_repo_driver_hourly_stats/);
  t.false(existsSync(join(folder, 'my_repo/repository/data/registry.db')), 'plan makes no file');
  t.regex((await inRepository('validate')).stdout, /is valid/);

  const apply = await inRepository('apply');
  t.is(apply.stdout, plan.stdout, 'apply does what plan said');
  t.deepEqual(await inRepository('apply'), { code: 0, stdout: '', stderr: '' });
  t.regex((await inRepository('plan')).stdout, /No changes to registry\nNo changes to infrastructure/);

  const materialized = JSON.parse((await inRepository('materialize', day(-2), day(0), '--json')).stdout);
  t.is(materialized.views[0].written, 5);
  const incremental = await inRepository('materialize-incremental');
  t.regex(incremental.stdout, /^VIEW .*\ndriver_hourly_stats/);

  const read = await inRepository(
    ...['get-online-features', '-f', 'driver_hourly_stats:conv_rate', '-e', 'driver_id=1001', 'driver_id=7'],
  );
  const answer = JSON.parse(read.stdout);
  t.deepEqual(answer.driver_id, [1001, 7]);
  t.is(typeof answer.conv_rate[0], 'number');
  t.is(answer.conv_rate[1], null);

  for (const [kind, name] of [
    ['entities', 'driver'],
    ['data-sources', 'driver_stats'],
    ['feature-views', 'driver_hourly_stats'],
    ['feature-services', 'driver_activity'],
    ['projects', 'my_repo'],
  ] as const) {
    const list = await inRepository(kind, 'list');
    t.regex(list.stdout, new RegExp(`^NAME .*\\n${name}( |$)`, 'm'), kind);
    t.notRegex(list.stdout, /__dummy/);
    t.regex((await inRepository(kind, 'describe', name)).stdout, new RegExp(`name: ${name}`), kind);
  }
  t.is(JSON.parse((await inRepository('registry-dump')).stdout).entities.length, 2);
  t.regex((await inRepository('configuration')).stdout, /^project: my_repo$/m);

  const teardown = await inRepository('teardown');
  t.regex(teardown.stdout, /my_repo_driver_hourly_stats/);
  t.regex((await inRepository('feature-views', 'list')).stdout, /^NAME[A-Z ]*\n$/);
});

test('mistakes: one line that says what, where and what to do; exit codes 1 and 2', async (t) => {
  const folder = temporaryFolder(t);
  const feast = (...args: string[]) => runCommand('feast', args, folder);
  const expect = async (args: string[], code: number, message: RegExp) => {
    const result = await feast(...args);
    t.is(result.code, code, args.join(' '));
    t.regex(result.stderr, message, args.join(' '));
    t.notRegex(result.stderr, /\n {4}at /, 'no stack');
  };
  await expect(['apply'], 1, /feature_store\.yaml: cannot be read .*\[CONFIG_NOT_FOUND\]/);
  await expect(['materialise'], 2, /Did you mean materialize/);
  await feast('init', '.', '--minimal');
  const repository = (...args: string[]) => ['-c', 'repository', ...args];
  await expect(repository('materialize', 'yesterday', 'today'), 2, /START: "yesterday" is not a date/);
  await expect(repository('materialize', '2026-11-02', '2026-11-01'), 1, /\[MATERIALIZATION_WINDOW\]/);
  await expect(repository('feature-views', 'describe', 'nope'), 1, /has no feature view "nope"/);
  await expect(repository('get-online-features', '-e', 'driver'), 2, /expected join_key=value|--features/);
  const yaml = join(folder, 'repository/feature_store.yaml');
  writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('path: data/online.db', 'pth: data/online.db'));
  await expect(repository('apply'), 1, /line 6: online_store\.pth: unknown key\. Did you mean "path"\?/);
});
