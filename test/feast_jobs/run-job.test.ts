import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { temporaryFolder } from '../helpers/fixtures.js';
import { runCommand } from '../helpers/run-command.js';

function homeWith(t: ExecutionContext, jobs: Record<string, string>): string {
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'feast_jobs'));
  for (const [name, text] of Object.entries(jobs)) writeFileSync(join(home, 'feast_jobs', name), text);
  return home;
}

const ECHO = `import { job } from 'feast-scheduler/jobs';
export default job({ description: 'gives back what it got', params: { color: 'red' } }, ({ interval, params }) => ({
  interval,
  ...params,
}));
`;

test('a job gets its interval and params, and what it returns is printed', async (t) => {
  const home = homeWith(t, { 'echo.ts': ECHO });
  const run = async (...args: string[]) =>
    JSON.parse((await runCommand('run-job', ['echo', ...args], home)).stdout);
  t.deepEqual(await run(), { color: 'red' });
  const interval = { start: '2026-11-01T00:00:00.000Z', end: '2026-11-02T00:00:00.000Z' };
  t.deepEqual(await run('--date', '2026-11-01', '--param', 'color=a=b'), { interval, color: 'a=b' });
  t.deepEqual(await run('--start', '2026-11-01', '--end', '2026-11-02'), { interval, color: 'red' });
});

test('the list names jobs with their params, and those that cannot be loaded', async (t) => {
  const home = homeWith(t, { 'echo.ts': ECHO, 'broken.ts': 'export default 1 +;', 'notes.txt': '' });
  const { code, stdout } = await runCommand('run-job', ['--list'], home);
  t.is(code, 1);
  t.regex(
    stdout,
    /^NAME +PARAMS +DESCRIPTION\nbroken .*cannot be loaded: .*broken\.ts.*\necho +color=red +gives/,
  );
});

test('mistakes', async (t) => {
  const home = homeWith(t, {
    'echo.ts': ECHO,
    'plain.ts': 'export default {};',
    'throws.ts': ECHO.replace('=> ({', "=> { throw new Error('no luck'); return {").replace('}));', '}});'),
  });
  const expect = async (args: string[], code: number, message: RegExp) => {
    const result = await runCommand('run-job', args, home);
    t.is(result.code, code, args.join(' '));
    t.regex(result.stderr, message);
  };
  await expect([], 2, /which job\? Known: echo, plain, throws/);
  await expect(['ecko'], 1, /no job "ecko".*Did you mean "echo"\?/);
  await expect(['plain'], 1, /expected "export default job/);
  await expect(['throws'], 1, /no luck/);
  await expect(['echo', '--start', '2026-11-01'], 2, /--end is missing/);
  await expect(
    ['echo', '--start', '2026-11-02', '--end', '2026-11-01'],
    2,
    /expected a start before the end/,
  );
  await expect(['echo', '--date', 'x'], 2, /--date: "x" is not a date/);
  await expect(['echo', '--param', 'colour=blue'], 2, /no param "colour".*"color"/);
  await expect(['echo', '--param', 'colour'], 2, /expected name=value/);
});

test('apply and daily_materialization run on a new home', async (t) => {
  const folder = temporaryFolder(t);
  await runCommand('feast', ['init', 'home'], folder);
  const home = join(folder, 'home');
  const applied = await runCommand('run-job', ['apply'], home);
  t.is(applied.code, 0, applied.stderr);
  t.regex(applied.stdout, /Created feature view driver_hourly_stats/);
  const result = await runCommand('run-job', ['daily_materialization'], home);
  t.is(result.code, 0, result.stderr);
  t.is(JSON.parse(result.stdout).views[0].written, 5);
  const day = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);
  const older = await runCommand('run-job', ['daily_materialization', '--date', day], home);
  t.like(JSON.parse(older.stdout).views[0], { written: 0, skippedOlder: 5 });
});
