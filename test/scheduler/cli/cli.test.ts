import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { dagText } from '../../helpers/dag-home.js';

const MAIN = fileURLToPath(new URL('../../../scheduler/cli/main.js', import.meta.url));

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Cli {
  readonly home: string;
  run(...args: string[]): Promise<Result>;
  write(file: string, text: string): void;
}

function openCli(t: ExecutionContext): Cli {
  const home = mkdtempSync(join(tmpdir(), 'cli-'));
  t.teardown(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, 'scheduler', 'dags'), { recursive: true });
  return {
    home,
    run: (...args) =>
      new Promise((resolve) => {
        const child = execFile(process.execPath, [MAIN, ...args], { cwd: home }, (_error, out, err) =>
          resolve({ code: child.exitCode, out, err }),
        );
      }),
    write: (file, text) => writeFileSync(join(home, 'scheduler', 'dags', file), text),
  };
}

const CHAIN = `import { dag } from 'feast-scheduler/dag';
export default dag('chain', { params: { region: 'us' } }, ({ task }) => {
  const first = task('first', ({ params, progress }) => { console.log('region', params.region); progress({ rows: 5 }); return 20; });
  task('second', ({ xcom }) => { console.log('twice', 2 * xcom<number>('first')!); if (process.env.FAIL) throw new Error('as asked'); }).after(first);
});`;

test.serial('help and version are no errors; a wrong call exits with 2 and says what is right', async (t) => {
  const cli = openCli(t);
  for (const args of [['--help'], ['dags', '--help'], ['start', '--help'], ['--version']]) {
    const { code, out } = await cli.run(...args);
    t.is(code, 0, args.join(' '));
    t.not(out, '');
  }
  const expected: [string[], RegExp][] = [
    [['strat'], /unknown command 'strat'\n\(Did you mean start\?\)/],
    [['dags', 'lst'], /Did you mean list/],
    [['start', '--paralelism', '3'], /unknown option '--paralelism'\n\(Did you mean --parallelism\?\)/],
    [['start', '--parallelism', '0'], /Expected a whole number of at least 1/],
    [['dags', 'trigger'], /missing required argument 'dag'/],
    [['dags', 'trigger', 'x', '--date', '2026-02-30'], /"2026-02-30" is not a date/],
    [['dags', 'trigger', 'x', '--param', 'novalue'], /Expected key=value/],
    [['runs', 'list', '--state', 'done'], /Allowed choices are queued, running, success, failed/],
  ];
  for (const [args, message] of expected) {
    const { code, err } = await cli.run(...args);
    t.is(code, 2, args.join(' '));
    t.regex(err, message);
  }
});

test.serial('what does not exist is named, with the nearest that does, and exits with 1', async (t) => {
  const cli = openCli(t);
  cli.write('chain.ts', CHAIN);
  t.is((await cli.run('start', '--once')).code, 0);
  const expected: [string[], RegExp][] = [
    [
      ['--home', '/no/such/home', 'dags', 'list'],
      /^error: --home: \/no\/such\/home is not a folder \[HOME_NOT_FOUND\]/,
    ],
    [['--home', tmpdir(), 'start'], /has no scheduler\/dags.*\[HOME_NOT_FOUND\]/],
    [['dags', 'show', 'chian'], /There is no DAG "chian"\. Did you mean "chain"\? \[DAG_NOT_FOUND\]/],
    [['dags', 'trigger', 'chian'], /Did you mean "chain"/],
    [['dags', 'pause', 'chian'], /Did you mean "chain"/],
    [['dags', 'test', 'chian'], /Did you mean "chain"/],
    [['runs', 'list', 'chian'], /Did you mean "chain"/],
    [['runs', 'show', 'chain', 'x'], /RUN_NOT_FOUND/],
    [['tasks', 'clear', 'chain', 'x'], /RUN_NOT_FOUND/],
  ];
  for (const [args, message] of expected) {
    const { code, err } = await cli.run(...args);
    t.is(code, 1, args.join(' '));
    t.regex(err, message);
  }
});

test.serial('trigger, run, look, clear and run again', async (t) => {
  const cli = openCli(t);
  cli.write('chain.ts', CHAIN);
  t.regex((await cli.run('dags', 'list')).out, /No DAG is known yet/);
  t.is((await cli.run('start', '--once')).out, 'Nothing was due.\n');
  t.regex(
    (await cli.run('dags', 'list')).out,
    /^DAG +STATE +SCHEDULE .*\nchain +active +manual +UTC +- +chain\.ts\n$/,
  );
  t.regex((await cli.run('dags', 'show', 'chain')).out, /second +first +all_success +0 +-/);

  const triggered = await cli.run('dags', 'trigger', 'chain', '--date', '2026-11-01', '--param', 'region=eu');
  const runId = 'manual__2026-11-01T00:00:00+00:00';
  t.is(triggered.out, `${runId}\n`);
  t.regex((await cli.run('dags', 'trigger', 'chain', '--date', '2026-11-01')).err, /RUN_EXISTS/);
  const once = await cli.run('start', '--once', '--json');
  t.is(once.code, 0, once.err);
  t.like(JSON.parse(once.out), { runs: { success: 1, failed: 0 }, tasks: { success: 2 }, importErrors: 0 });

  t.regex((await cli.run('runs', 'list', 'chain')).out, /chain +manual__2026-11-01\S+ +success/);
  t.regex((await cli.run('runs', 'show', 'chain', runId)).out, /\nfirst +success +1 .*\nsecond +success +1 /);
  t.regex((await cli.run('tasks', 'list', 'chain', runId)).out, /\nfirst: \{"rows":5\}\n/);
  t.regex(
    (await cli.run('tasks', 'logs', 'chain', runId, 'first')).out,
    /starts.*\nregion eu\n.* succeeded in/,
  );
  const typo = await cli.run('tasks', 'logs', 'chain', runId, 'frist');
  t.regex(typo.err, /Did you mean "first"\? \[TASK_NOT_FOUND\]/);

  t.is((await cli.run('tasks', 'clear', 'chain', runId, 'second')).out, 'second\n');
  t.is((await cli.run('start', '--once')).code, 0);
  t.regex(
    (await cli.run('tasks', 'logs', 'chain', runId, 'second', '--attempt', '2')).out,
    /attempt 2 .*\ntwice 40\n/,
  );
  t.regex(
    (await cli.run('tasks', 'logs', 'chain', runId, 'second', '--attempt', '3')).err,
    /no attempt 3, but 2 in all/,
  );
});

test.serial('paused DAGs wait; import errors are listed and count as failure', async (t) => {
  const cli = openCli(t);
  cli.write('chain.ts', CHAIN);
  cli.write('bad.ts', '\nthrow new Error("broken");');
  const first = await cli.run('start', '--once');
  t.is(first.code, 1);
  t.regex(first.out, /1 DAG files cannot be used/);
  const errors = await cli.run('dags', 'list-import-errors');
  t.deepEqual([errors.code, errors.out], [1, 'bad.ts:2:7  broken\n']);
  cli.write('bad.ts', dagText('good'));

  await cli.run('dags', 'pause', 'chain');
  await cli.run('dags', 'trigger', 'chain');
  const paused = await cli.run('start', '--once');
  t.is(paused.code, 0);
  t.regex(paused.out, /Nothing was due\.\n1 runs are not finished/);
  t.regex((await cli.run('dags', 'list')).out, /chain +paused/);
  t.deepEqual(await cli.run('dags', 'list-import-errors'), { code: 0, out: 'No import errors.\n', err: '' });
  await cli.run('dags', 'unpause', 'chain');
  t.regex((await cli.run('start', '--once')).out, /0 runs created; 1 succeeded/);
});

test.serial('a backfill: first a dry run, then the runs', async (t) => {
  const cli = openCli(t);
  cli.write(
    'past.ts',
    dagText(
      'past',
      `{ schedule: '@daily', catchup: true, startDate: '2026-01-03', endDate: '2026-01-03T12:00:00Z' }`,
    ),
  );
  await cli.run('start', '--once');
  const range = ['dags', 'backfill', 'past', '--from', '2026-01-02', '--to', '2026-01-03'];
  const dry = await cli.run(...range, '--dry-run');
  t.regex(
    dry.out,
    /2026-01-02T00:00:00Z\/2026-01-03T00:00:00Z +create +-\n.*skip +scheduled__2026-01-03\S+ \(success\)\n/,
  );
  t.is((await cli.run(...range)).out, '1 runs created, 0 cleared, 1 left as they are.\n');
  t.regex((await cli.run('runs', 'list', 'past')).out, /backfill__2026-01-02T00:00:00\+00:00 +queued/);
  t.regex((await cli.run('start', '--once')).out, /0 runs created; 1 succeeded/);
  t.regex((await cli.run(...range, '--reprocess', 'all')).err, /Allowed choices are none, failed, completed/);
});

test.serial('what is wrong with a file is said without the scheduler; a good one is shown', async (t) => {
  const cli = openCli(t);
  cli.write('good.ts', CHAIN);
  cli.write('bad.ts', dagText('bad', `{ scheduel: '@daily' }`));
  const good = await cli.run('dags', 'validate', 'scheduler/dags/good.ts');
  t.deepEqual(good, { code: 0, out: 'chain  manual  UTC\nfirst\n└─ second\n', err: '' });
  const bad = await cli.run('dags', 'validate', 'scheduler/dags/bad.ts');
  t.is(bad.code, 1);
  t.regex(bad.out, /^bad\.ts:2:16 {2}dag "bad": unknown option "scheduel"\. Did you mean "schedule"\?\n$/);
  t.regex((await cli.run('dags', 'validate', 'no.ts')).err, /There is no file .*no\.ts/);
});

test.serial('marking, clearing, cleaning and deleting', async (t) => {
  const cli = openCli(t);
  cli.write('chain.ts', CHAIN.replace('process.env.FAIL', 'true'));
  await cli.run('start', '--once');
  const { out } = await cli.run('dags', 'trigger', 'chain');
  const runId = out.trim();
  await cli.run('start', '--once');
  t.regex((await cli.run('runs', 'list')).out, /failed/);
  t.is((await cli.run('runs', 'clear', 'chain', runId, '--only-failed')).out, 'second\n');
  await cli.run('tasks', 'mark', 'chain', runId, 'success', 'second');
  await cli.run('start', '--once');
  t.regex((await cli.run('runs', 'list')).out, /success/);
  await cli.run('runs', 'mark', 'chain', runId, 'failed');
  t.regex((await cli.run('runs', 'list')).out, /failed/);
  t.regex(
    (await cli.run('tasks', 'mark', 'chain', runId, 'done', 'second')).err,
    /Allowed choices are success, failed/,
  );
  t.regex((await cli.run('tasks', 'logs', '-f', 'chain', runId, 'first')).out, /region us\n.* succeeded in/);

  const log = join(cli.home, '.scheduler', 'logs', 'chain');
  t.true(existsSync(log));
  t.regex(
    (await cli.run('db', 'clean', '--before', '2100-01-01', '--dry-run')).out,
    /\n1 runs to delete\.\n$/,
  );
  t.is((await cli.run('db', 'clean', '--before', '2100-01-01')).out, '1 runs deleted.\n');
  t.is((await cli.run('runs', 'list')).out, 'No runs.\n');
  t.regex((await cli.run('db', 'check')).out, /is sound\.\n$/);
  t.regex((await cli.run('db', 'migrate')).out, /is up to date\.\n$/);
  t.regex(
    (await cli.run('dags', 'delete', 'chain')).err,
    /is declared in chain\.ts.*--force.*\[DAG_IN_USE\]/,
  );
  t.is((await cli.run('dags', 'delete', 'chain', '--force')).code, 0);
  t.false(existsSync(log));
  t.regex((await cli.run('dags', 'show', 'chain')).err, /DAG_NOT_FOUND/);
});

test.serial('the next runs of a DAG', async (t) => {
  const cli = openCli(t);
  cli.write('chain.ts', CHAIN);
  cli.write('far.ts', dagText('far', `{ schedule: '@yearly', startDate: '2100-01-01', catchup: true }`));
  await cli.run('start', '--once');
  t.is((await cli.run('dags', 'next', 'chain')).out, 'No scheduled run follows.\n');
  t.deepEqual(JSON.parse((await cli.run('dags', 'next', 'far', '--count', '2', '--json')).out), [
    { runAt: '2101-01-01T00:00:00Z', start: '2100-01-01T00:00:00Z', end: '2101-01-01T00:00:00Z' },
    { runAt: '2102-01-01T00:00:00Z', start: '2101-01-01T00:00:00Z', end: '2102-01-01T00:00:00Z' },
  ]);
});

test.serial('callbacks run in a worker, with the context of what they tell of', async (t) => {
  const cli = openCli(t);
  cli.write(
    'calls.ts',
    `import { appendFileSync } from 'node:fs';
import { dag, type CallbackFunction } from 'feast-scheduler/dag';
const note: CallbackFunction = ({ callback, taskId, error, xcom }) =>
  appendFileSync('calls', [callback, taskId, error?.message, xcom('good')].join(' ') + '\\n');
const options = { schedule: '@once', startDate: '2026-01-01', onFailure: note, defaults: { onSuccess: note, onFailure: note } };
export default dag('calls', options, ({ task }) => {
  task('good', () => 5).before(task('bad', () => { throw new Error('as asked'); }));
});`,
  );
  t.is((await cli.run('start', '--once')).code, 1);
  t.deepEqual(readFileSync(join(cli.home, 'calls'), 'utf8').trim().split('\n').sort(), [
    'onFailure   5',
    'onFailure bad as asked 5',
    'onSuccess good  5',
  ]);
});

test.serial('pools are made, listed and deleted; params are checked', async (t) => {
  const cli = openCli(t);
  cli.write(
    'pooled.ts',
    dagText(
      'pooled',
      `{ params: { region: { type: 'string', enum: ['eu', 'us'] } }, defaults: { pool: 'warehouse' } }`,
    ),
  );
  await cli.run('start', '--once');
  t.regex((await cli.run('dags', 'trigger', 'pooled')).err, /region is required.*\[PARAM_INVALID\]/);
  t.is((await cli.run('dags', 'trigger', 'pooled', '--param', 'region=us')).code, 0);
  t.regex((await cli.run('start', '--once')).out, /1 runs are not finished/);
  t.regex((await cli.run('pools', 'list')).out, /\nwarehouse +missing +0 +1/);
  await cli.run('pools', 'set', 'warehouse', '2', '--description', 'queries at once');
  t.regex((await cli.run('start', '--once')).out, /1 succeeded/);
  t.regex((await cli.run('pools', 'list')).out, /\nwarehouse +2 +0 +0 +queries at once\n/);
  t.regex(
    (await cli.run('pools', 'delete', 'warehuose')).err,
    /Did you mean "warehouse"\? \[POOL_NOT_FOUND\]/,
  );
  await cli.run('pools', 'delete', 'warehouse');
  t.is((await cli.run('pools', 'list')).out, 'No pools.\n');
  t.regex((await cli.run('pools', 'set', 'warehouse', 'many')).err, /Expected a whole number of at least 1/);
});

test.serial('a branch and a short circuit, in a worker', async (t) => {
  const cli = openCli(t);
  cli.write(
    'gates.ts',
    `import { dag } from 'feast-scheduler/dag';
export default dag('gates', {}, ({ task, branch, shortCircuit }) => {
  branch('choose', ({ params }) => params.to ?? 'left').before(task('left', () => 1), task('right', () => 2));
  shortCircuit('enough', () => 0).before(task('more', () => 3));
});`,
  );
  const good = await cli.run('dags', 'test', 'gates');
  t.is(good.code, 0, good.err);
  t.regex(good.out, /\nleft +success[\s\S]*\nright +skipped[\s\S]*\nmore +skipped/);
  const bad = await cli.run('dags', 'test', 'gates', '--param', 'to=rihgt');
  t.is(bad.code, 1);
  t.regex(
    bad.out,
    /the branch "choose" chose "rihgt", which is not a task directly after it\. Did you mean "right"\?/,
  );
});

test.serial('dags test runs a DAG apart from the state database', async (t) => {
  const cli = openCli(t);
  cli.write('chain.ts', CHAIN);
  const good = await cli.run('dags', 'test', 'chain', '--param', 'region="mars"');
  t.is(good.code, 0, good.err);
  t.regex(good.out, /region mars\n[\s\S]*twice 40\n[\s\S]*second +success +1 [\s\S]*\nchain success\n$/);
  t.false(existsSync(join(cli.home, '.scheduler', 'scheduler.db')));

  cli.write('chain.ts', CHAIN.replace('process.env.FAIL', 'true'));
  const bad = await cli.run('dags', 'test', 'chain');
  t.is(bad.code, 1);
  t.regex(bad.out, /failed after \S+: as asked\nError: as asked\n.*chain\.ts:4:[\s\S]*\nchain failed\n$/);
  cli.write('chain.ts', 'oops(');
  t.regex((await cli.run('dags', 'test', 'chain')).err, /\n {2}chain\.ts:1 .*\[DAG_NOT_FOUND\]/);
});

/** The scheduler in the background, with its log lines as they come. */
function startScheduler(t: ExecutionContext, cli: Cli) {
  const child: ChildProcess = spawn(process.execPath, [MAIN, 'start'], {
    cwd: cli.home,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    lines.push(line);
    for (const wake of waiting.splice(0)) wake();
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    child,
    lines,
    ended,
    async until(pattern: RegExp): Promise<void> {
      while (!lines.some((line) => pattern.test(line))) await new Promise<void>((wake) => waiting.push(wake));
    },
  };
}

const SLOW = `({ signal }) => new Promise((done, fail) => {
  fs.writeFileSync('pid', String(process.pid));
  const timer = setTimeout(done, 60_000); signal.addEventListener('abort', () => { clearTimeout(timer); fail(signal.reason); });
})`;

test.serial(
  'a DAG that is dropped in while the scheduler runs is executed; a signal ends it in good order',
  async (t) => {
    const cli = openCli(t);
    const scheduler = startScheduler(t, cli);
    cli.write('once.ts', dagText('once', `{ schedule: '@once', startDate: '2026-01-01' }`));
    await scheduler.until(/run finished: success dag=once/);
    scheduler.child.kill('SIGTERM');
    t.is(await scheduler.ended, 0);
  },
);

test.serial('a second scheduler on the same home is refused', async (t) => {
  const cli = openCli(t);
  cli.write('a.ts', dagText('a'));
  const scheduler = startScheduler(t, cli);
  await scheduler.until(/DAG file read/);
  t.regex((await cli.run('health')).out, new RegExp(`^healthy: pid ${scheduler.child.pid} on `));
  const second = await cli.run('start', '--once');
  t.is(second.code, 1);
  t.regex(second.err, /STATE_DATABASE_IN_USE/);
  scheduler.child.kill('SIGTERM');
  await scheduler.ended;
  const after = await cli.run('health', '--json');
  t.is(after.code, 1);
  t.deepEqual(JSON.parse(after.out), { healthy: false, scheduler: null, importErrors: 0, unfinishedRuns: 0 });
});

test.serial(
  'a second signal stops running tasks; killed or stopped, they run again with the next start',
  async (t) => {
    const cli = openCli(t);
    const slow = dagText('slow', `{ schedule: '@once', startDate: '2026-01-01' }`, SLOW);
    cli.write('slow.ts', `import fs from 'node:fs';${slow}`);
    const killed = startScheduler(t, cli);
    await killed.until(/task started .*task=only/);
    const pidFile = join(cli.home, 'pid');
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await new Promise(setImmediate);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const worker = Number(readFileSync(pidFile, 'utf8'));
    t.not(worker, killed.child.pid);
    while (isAlive(worker)) await new Promise(setImmediate);

    const stopped = startScheduler(t, cli);
    await stopped.until(/task started .*task=only attempt=2/);
    stopped.child.kill('SIGINT');
    await stopped.until(/running tasks may finish/);
    stopped.child.kill('SIGINT');
    t.is(await stopped.ended, 0);

    cli.write('slow.ts', dagText('slow', `{ schedule: '@once', startDate: '2026-01-01' }`));
    const last = startScheduler(t, cli);
    await last.until(/task (started|finished) .*attempt=3/);
  },
);

/** Whether a process runs; one that ended and was not yet waited for does not. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
