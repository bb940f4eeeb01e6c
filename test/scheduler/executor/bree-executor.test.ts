import test, { type ExecutionContext } from 'ava';
import { type BreeExecutorOptions, createBreeExecutor } from '../../../scheduler/executor/bree-executor.js';
import { silentLogger } from '../../../src/shared/logger.js';
import { testExecutor } from '../../contracts/executor.js';
import { type Attempts, openAttempts } from '../../helpers/attempts.js';

testExecutor('bree', () => createBreeExecutor({ capacity: 2, logger: silentLogger }));

const addon = (name: string) => JSON.stringify(import.meta.resolve(name));

const DAG = `import { dag } from 'feast-scheduler/dag';
import { threadId } from 'node:worker_threads';
import Database from ${addon('better-sqlite3')};
import { DuckDBInstance } from ${addon('@duckdb/node-api')};

export default dag('d', {}, ({ task }) => {
  task('thread', () => threadId);
  task('exits', async () => { console.log('leaving'); await null; process.exit(3); });
  task('exits-well', () => process.exit());
  task('really-exits', () => (process as unknown as { reallyExit(code: number): void }).reallyExit(4));
  task('eats', () => { const all: object[] = []; for (;;) all.push({ all: [...all.slice(-9)] }); });
  task('loops', () => { for (;;) ; });
  task('hangs', () => new Promise(() => {}));
  task('rejects', async () => { void Promise.reject(new Error('nobody waits for me')); await new Promise(() => {}); });
  task('throws-later', async () => { setImmediate(() => { throw new Error('later'); }); await new Promise(() => {}); });
  task('holds', () => { (globalThis as Record<string, unknown>).held = Array.from({ length: 1e6 }, () => ({})); return threadId; });
  task('sqlite', () => {
    const db = new Database(':memory:');
    const sum = db.prepare('SELECT sum(value) AS s FROM json_each(?)').pluck().get('[1,2,3]');
    db.close();
    return sum;
  });
  task('duckdb', async () => {
    const connection = await (await DuckDBInstance.create()).connect();
    const reader = await connection.runAndReadAll('SELECT sum(range)::INTEGER AS s FROM range(1000)');
    return reader.getRows()[0]![0];
  });
  task('sqlite-is-busy', () => {
    const db = new Database(':memory:');
    return db.prepare('WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 25000000) SELECT count(*) FROM c').pluck().get();
  });
});
`;

async function open(t: ExecutionContext, options: Partial<BreeExecutorOptions> = {}): Promise<Attempts> {
  const limits = { graceMs: 100, ...options.limits };
  const executor = await createBreeExecutor({ capacity: 1, logger: silentLogger, ...options, limits });
  const attempts = await openAttempts(executor, DAG);
  t.teardown(() => attempts.close());
  return attempts;
}

async function threadOf({ run }: Attempts): Promise<number> {
  const outcome = await run('thread');
  return outcome.kind === 'success' ? Number(outcome.value) : Number.NaN;
}

test.serial('a worker is used again and again', async (t) => {
  const attempts = await open(t);
  const first = await threadOf(attempts);
  t.is(await threadOf(attempts), first);
  t.is(await threadOf(attempts), first);
});

test.serial('process.exit in a task fails that attempt, with the code, and no other', async (t) => {
  const attempts = await open(t);
  const { fail, run } = attempts;
  const exits = attempts.request('exits');
  attempts.executor.start(exits);
  await attempts.waitFor((event) => event.kind === 'finished');
  t.regex(
    attempts.readLog(exits),
    /leaving\n.* error attempt 1 failed .* the task called process\.exit\(3\).*\n.*\n.*main\.ts:8:/,
  );
  const error = await fail('exits');
  t.is(error.code, 'TASK_EXITED');
  t.regex(error.message, /^the task called process\.exit\(3\)/);
  t.is((await fail('exits-well')).code, 'TASK_EXITED');
  const real = await fail('really-exits');
  t.is(real.code, 'TASK_EXITED');
  t.is(real.message, 'ended its worker with exit code 4');
  t.is((await run('thread')).kind, 'success');
});

test.serial('a task that exhausts memory fails that attempt, and the process lives on', async (t) => {
  const attempts = await open(t, { memoryMb: 64 });
  const eats = attempts.request('eats');
  attempts.executor.start(eats);
  const end = await attempts.waitFor((event) => event.kind === 'finished');
  t.like(end, { outcome: { kind: 'failed', error: { code: 'TASK_OUT_OF_MEMORY' }, retryable: true } });
  t.regex(
    attempts.readLog(eats),
    /starts.*\n.* error attempt 1 failed after \S+: used more than 64 MB of JavaScript heap/,
  );
  t.is((await attempts.run('thread')).kind, 'success');
});

test.serial('a task that ignores its time limit is terminated after the grace time', async (t) => {
  const attempts = await open(t);
  for (const task of ['loops', 'hangs']) {
    const before = await threadOf(attempts);
    const request = attempts.request(task, { timeoutMs: 100 });
    attempts.executor.start(request);
    const end = await attempts.waitFor(
      (event) => event.kind === 'finished' && event.attemptId === request.attemptId,
    );
    t.like(end, { outcome: { kind: 'failed', error: { code: 'TASK_TIMEOUT' } } });
    t.regex(
      attempts.readLog(request),
      /error attempt 1 failed after \S+: stopped at its time limit of 100ms code=TASK_TIMEOUT/,
    );
    t.not(await threadOf(attempts), before, 'a new worker');
  }
});

test.serial('close ends a worker that listens to nobody', async (t) => {
  const attempts = await open(t);
  attempts.executor.start(attempts.request('loops'));
  await attempts.waitFor((event) => event.kind === 'started');
  await attempts.executor.close();
  t.like(attempts.events.at(-1), { kind: 'finished', outcome: { error: { code: 'TASK_INTERRUPTED' } } });
});

test.serial('native code that cannot be interrupted holds nobody up', async (t) => {
  const attempts = await open(t, { limits: { graceMs: 50, abandonMs: 200 } });
  t.is((await attempts.fail('sqlite-is-busy', { timeoutMs: 100 })).code, 'TASK_TIMEOUT');
  t.is((await attempts.run('thread')).kind, 'success', 'in another worker');
});

test.serial('what nobody caught fails the attempt that runs, and the worker is replaced', async (t) => {
  const attempts = await open(t);
  const before = await threadOf(attempts);
  const rejected = await attempts.fail('rejects');
  t.is(rejected.message, 'nobody waits for me');
  t.regex(rejected.stack!, /main\.ts:14:/);
  const between = await threadOf(attempts);
  t.not(between, before);
  t.is((await attempts.fail('throws-later')).message, 'later');
  t.not(await threadOf(attempts), between);
});

test.serial('native addons work in workers, and in the workers that follow', async (t) => {
  const attempts = await open(t, { limits: { attemptsAWorker: 2 } });
  for (let round = 0; round < 4; round++) {
    t.deepEqual(await attempts.run('sqlite'), { kind: 'success', value: '6' });
    t.deepEqual(await attempts.run('duckdb'), { kind: 'success', value: '499500' });
  }
});

test.serial('a worker is replaced after its number of attempts', async (t) => {
  const attempts = await open(t, { limits: { attemptsAWorker: 2 } });
  const [a, b, c] = [await threadOf(attempts), await threadOf(attempts), await threadOf(attempts)];
  t.is(a, b);
  t.not(b, c);
});

test.serial('a worker that keeps much memory is replaced', async (t) => {
  const attempts = await open(t, { limits: { heapBytes: 40e6 } });
  const held = await attempts.run('holds');
  t.not(String(await threadOf(attempts)), held.kind === 'success' && held.value);
});

test.serial('a worker without work ends, and the next attempt gets a new one', async (t) => {
  const attempts = await open(t, { limits: { idleMs: 1 } });
  const first = await threadOf(attempts);
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.not(await threadOf(attempts), first);
});

test.serial('many crashes in a row leave the executor whole', async (t) => {
  const attempts = await open(t, { capacity: 3 });
  const outcomes = ['exits', 'throws-later', 'thread', 'rejects', 'really-exits', 'thread'];
  const started = new Set<string>();
  let next = 0;
  const fill = () => {
    while (attempts.executor.running < 3 && next < 30) {
      const request = attempts.request(outcomes[next++ % outcomes.length]!);
      started.add(request.attemptId);
      attempts.executor.start(request);
    }
  };
  fill();
  const ended = new Map<string, number>();
  await new Promise<void>((resolve) => {
    attempts.executor.onEvent((event) => {
      if (event.kind !== 'finished') return;
      ended.set(event.attemptId, (ended.get(event.attemptId) ?? 0) + 1);
      fill();
      if (ended.size === 30) resolve();
    });
  });
  t.deepEqual([...ended.keys()].sort(), [...started].sort());
  t.deepEqual(new Set(ended.values()), new Set([1]));
});

test.serial('a log that cannot be written fails the attempt, not the executor', async (t) => {
  const attempts = await open(t);
  const error = await attempts.fail('thread', { logFile: `${attempts.folder}/main.ts/no-folder/a.log` });
  t.regex(error.message, /ENOTDIR/);
  const full = await attempts.fail('thread', { logFile: '/dev/full' });
  t.is(full.code, 'ENOSPC');
  t.is((await attempts.run('thread')).kind, 'success');
});
