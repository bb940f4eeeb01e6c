import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import Sqlite from 'better-sqlite3';
import { FeatureStore } from '../../../src/index.js';
import { temporaryFolder } from '../../helpers/fixtures.js';
import { seededRandom } from '../../helpers/random.js';
import { runCommand } from '../../helpers/run-command.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SCHEDULER = fileURLToPath(new URL('../../../scheduler/cli/main.js', import.meta.url));

/** A home with the sample repository and its DAG, and nothing done in it. */
function sampleHome(t: ExecutionContext): string {
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'repository/data'), { recursive: true });
  mkdirSync(join(home, 'scheduler/dags'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'repository')).filter((file) => /\.(ts|yaml)$/.test(file))) {
    copyFileSync(join(ROOT, 'repository', name), join(home, 'repository', name));
  }
  for (const name of ['airport_hourly.parquet', 'route_daily.parquet']) {
    symlinkSync(join(ROOT, 'repository/data', name), join(home, 'repository/data', name));
  }
  const dag = 'scheduler/dags/feast_materialization.ts';
  copyFileSync(join(ROOT, dag), join(home, dag));
  return home;
}

/** Every row of the online store, and the intervals that the registry holds of each view. */
async function outcome(home: string): Promise<{ rows: Record<string, unknown[]>; intervals: unknown }> {
  const online = new Sqlite(join(home, 'repository/data/online.db'), { readonly: true });
  const rows: Record<string, unknown[]> = {};
  for (const view of ['airport_hourly_stats', 'route_daily_stats']) {
    const query = `SELECT hex(entity_key), feature_name, hex(value), value_text, event_ts, created_ts FROM "flights_${view}" ORDER BY 1, 2`;
    rows[view] = online.prepare(query).raw().all();
  }
  online.close();
  const store = await FeatureStore.open(join(home, 'repository'));
  const dump = (await store.dumpRegistry()) as unknown as {
    featureViews: { spec: { name: string }; meta: { materializationIntervals: unknown } }[];
  };
  await store.close();
  const intervals = dump.featureViews.map(({ spec, meta }) => [spec.name, meta.materializationIntervals]);
  return { rows, intervals };
}

test('killed ten times in the middle, the end is that of an undisturbed run', async (t) => {
  t.timeout(300_000);
  const [calm, killed] = [sampleHome(t), sampleHome(t)];
  const undisturbed = await runCommand('scheduler', ['start', '--once'], calm);
  t.is(undisturbed.code, 0, undisturbed.stderr);
  t.regex(undisturbed.stdout, /^14 runs created; 14 succeeded, 0 failed/);

  const random = seededRandom(20261120);
  let kills = 0;
  while (kills < 10) {
    const child = spawn(process.execPath, [SCHEDULER, 'start', '--once'], { cwd: killed, stdio: 'ignore' });
    const ended = once(child, 'exit');
    // the moment itself is what is being tried
    const timer = setTimeout(() => child.kill('SIGKILL'), 300 + random() * 1200);
    const [, signal] = await ended;
    clearTimeout(timer);
    if (signal !== 'SIGKILL') break;
    kills++;
  }
  t.log(`killed ${kills} times`);
  t.true(kills >= 5, `killed ${kills} times before it was done`);
  const last = await runCommand('scheduler', ['start', '--once'], killed);
  t.is(last.code, 0, last.stderr);

  const runs = JSON.parse((await runCommand('scheduler', ['runs', 'list', '--json'], killed)).stdout);
  t.is(runs.length, 14);
  t.true(runs.every((run: { state: string }) => run.state === 'success'));
  t.deepEqual(await outcome(killed), await outcome(calm));
});

test('a DAG file dropped in while the scheduler runs is executed; jobs run beside it', async (t) => {
  const home = sampleHome(t);
  mkdirSync(join(home, 'feast_jobs'));
  copyFileSync(
    join(ROOT, 'feast_jobs/daily_materialization.ts'),
    join(home, 'feast_jobs/daily_materialization.ts'),
  );
  const child = spawn(process.execPath, [SCHEDULER, 'start'], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const said = async (pattern: RegExp) => {
    for (let text = ''; !pattern.test(text); ) {
      const [chunk] = (await once(child.stderr, 'data')) as [Buffer];
      text += chunk.toString();
    }
  };
  await said(/DAG file read file=feast_materialization\.ts/);
  const marker = join(home, 'dropped');
  const text = `import { writeFileSync } from 'node:fs';
    import { dag } from 'feast-scheduler/dag';
    export default dag('dropped_in', { schedule: '@once', startDate: '2026-01-01' }, ({ task }) => {
      task('mark', () => writeFileSync(${JSON.stringify(marker)}, 'done'));
    });`;
  writeFileSync(join(home, 'scheduler/dags/dropped_in.ts'), text);
  await said(/run finished: success dag=dropped_in/);
  t.true(existsSync(marker));

  const day = new Date(Date.now() - 8 * 86_400_000).toISOString().slice(0, 10);
  const job = await runCommand('run-job', ['daily_materialization', '--date', day], home);
  t.is(job.code, 0, job.stderr);
  t.is(JSON.parse(job.stdout).views.length, 2);
  child.kill('SIGTERM');
  t.is((await once(child, 'exit'))[0], 0);
});
