import test, { type ExecutionContext } from 'ava';
import type { AttemptEvent, Executor } from '../../scheduler/executor/executor.js';
import { type Attempts, openAttempts } from '../helpers/attempts.js';

const DAG = `import { dag, type TaskContext } from 'feast-scheduler/dag';

class Money { toJSON() { return 'a lot'; } }

const untilStopped = ({ signal }: TaskContext) =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });

const values: Record<string, () => unknown> = {
  nothing: () => undefined,
  null: () => null,
  number: () => 5,
  nested: () => ({ list: [1, 'two', { three: true, gone: undefined }], at: new Date(0), money: new Money() }),
  bigint: () => ({ rows: [1, 2n] }),
  function: () => ({ f: () => 1 }),
  symbol: () => Symbol('x'),
  nan: () => ({ ratio: 0 / 0 }),
  map: () => ({ seen: new Map() }),
  cycle: () => { const a: Record<string, unknown> = {}; a.self = { a }; return a; },
};

export default dag('d', {}, ({ task }) => {
  for (const [id, run] of Object.entries(values)) task(id, run);
  task('slow', async () => { await new Promise(setImmediate); return 'slow'; });
  task('context', ({ dagId, taskId, runId, runType, attempt, logicalDate, interval, params, xcom }) => ({
    dagId, taskId, runId, runType, attempt, logicalDate, interval, params, up: xcom('number'), none: xcom('nothing') === undefined,
  }));
  task('unknown-xcom', ({ xcom }) => xcom('numbr'));
  task('throws', () => {
    throw Object.assign(new TypeError('bad row', { cause: new Error('the reason') }), { code: 'E_ROW' });
  });
  task('throws-text', async () => { throw 'just text'; });
  task('prints', ({ log }) => {
    console.log('from console.log', { a: 1 });
    console.error('from console.error');
    process.stdout.write('from stdout\\n');
    log.info('from the logger', { rows: 3 });
  });
  task('progress', async ({ progress }) => {
    for (let done = 1; done <= 1000; done++) progress({ done });
  });
  task('bad-progress', ({ progress }) => progress({ n: 1n }));
  task('until-stopped', untilStopped);
  task('stopped-but-succeeds', async (context) => { await untilStopped(context).catch(() => {}); return 'made it'; });
});
`;

/** What every executor does. `make` gives one that runs two attempts at once. */
export function testExecutor(name: string, make: () => Promise<Executor>): void {
  const withAttempts = (title: string, body: (t: ExecutionContext, attempts: Attempts) => Promise<void>) =>
    test.serial(`${name}: ${title}`, async (t) => {
      const attempts = await openAttempts(await make(), DAG);
      try {
        await body(t, attempts);
        const ends = attempts.events.filter((event) => event.kind === 'finished');
        t.is(new Set(ends.map((event) => event.attemptId)).size, ends.length, 'one end for each attempt');
      } finally {
        await attempts.close();
      }
    });

  withAttempts('what a task returns is its value, as JSON text', async (t, { run }) => {
    t.deepEqual(await run('nothing'), { kind: 'success', value: undefined });
    t.deepEqual(await run('null'), { kind: 'success', value: 'null' });
    t.deepEqual(await run('number'), { kind: 'success', value: '5' });
    t.deepEqual(await run('slow'), { kind: 'success', value: '"slow"' });
    const nested = '{"list":[1,"two",{"three":true}],"at":"1970-01-01T00:00:00.000Z","money":"a lot"}';
    t.deepEqual(await run('nested'), { kind: 'success', value: nested });
  });

  withAttempts('a value that JSON cannot hold fails the attempt for good', async (t, { fail }) => {
    const expected: Record<string, RegExp> = {
      bigint: /^the result\.rows\[1\] is the BigInt 2n/,
      function: /^the result\.f is a function, which JSON cannot hold/,
      symbol: /^the result is a symbol/,
      nan: /^the result\.ratio is NaN/,
      map: /^the result\.seen is a Map; return plain objects and lists/,
      cycle: /^the result\.self\.a refers back to an object that holds it/,
    };
    for (const [task, message] of Object.entries(expected)) {
      const error = await fail(task);
      t.is(error.code, 'TASK_RESULT_NOT_JSON');
      t.regex(error.message, message);
      t.false(error.retryable);
    }
  });

  withAttempts('a task is told about its run', async (t, { run }) => {
    const outcome = await run('context', { attempt: 3, params: { region: 'eu' }, xcom: { number: [1, 2] } });
    t.is(outcome.kind, 'success');
    t.deepEqual(outcome.kind === 'success' && JSON.parse(outcome.value!), {
      dagId: 'd',
      taskId: 'context',
      runId: 'manual__1',
      runType: 'manual',
      attempt: 3,
      logicalDate: '2026-01-01T00:00:00.000Z',
      interval: { start: '2026-01-01T00:00:00.000Z', end: '2026-01-02T00:00:00.000Z' },
      params: { region: 'eu' },
      up: [1, 2],
      none: true,
    });
  });

  withAttempts('asking for a value of a task that does not exist is an error', async (t, { fail }) => {
    t.regex((await fail('unknown-xcom')).message, /has no task "numbr"\. Did you mean "number"\?/);
  });

  withAttempts(
    'an error that a task throws is its outcome, with lines of the user’s source',
    async (t, { fail }) => {
      const error = await fail('throws');
      t.is(error.code, 'E_ROW');
      t.is(error.message, 'bad row');
      t.regex(error.stack!, /TypeError: bad row\n\s+at .*main\.ts:32:25/);
      t.regex(error.stack!, /Caused by: Error: the reason/);
      t.true(error.retryable);
      t.deepEqual(await fail('throws-text'), {
        code: undefined,
        message: 'just text',
        stack: undefined,
        retryable: true,
      });
    },
  );

  withAttempts('a task or DAG that the file does not hold fails the attempt', async (t, { fail }) => {
    const error = await fail('nubmer');
    t.is(error.code, 'TASK_NOT_FOUND');
    t.regex(error.message, /dag "d" no longer has task "nubmer"\. Did you mean "number"\?/);
    t.is((await fail('number', { dagId: 'e' })).code, 'TASK_NOT_FOUND');
    t.is((await fail('number', { bundle: '/nowhere/b.mjs' })).code, 'ERR_MODULE_NOT_FOUND');
  });

  withAttempts('what a task prints is in its log, between a header and a footer', async (t, attempts) => {
    const good = attempts.request('prints', { attempt: 2 });
    attempts.executor.start(good);
    await attempts.waitFor((event) => event.kind === 'finished');
    const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
    const lines = [
      `${time} info  attempt 2 of d\\.prints starts run=manual__1 interval=2026-01-01T00:00:00.000Z/2026-01-02T00:00:00.000Z`,
      'from console\\.log { a: 1 }',
      'from console\\.error',
      'from stdout',
      `${time} info  from the logger rows=3`,
      `${time} info  attempt 2 succeeded in [\\d.]+m?s`,
    ];
    t.regex(attempts.readLog(good), new RegExp(`^${lines.join('\n')}\n$`));

    const bad = attempts.request('throws');
    attempts.executor.start(bad);
    await attempts.waitFor((event) => event.kind === 'finished' && event.attemptId === bad.attemptId);
    t.regex(
      attempts.readLog(bad),
      /error attempt 1 failed after \S+: bad row code=E_ROW\nTypeError: bad row\n.*main\.ts:32/,
    );
  });

  withAttempts('events of an attempt: started, some progress, finished', async (t, { run, events }) => {
    await run('progress');
    const kinds = events.map((event) => event.kind);
    t.is(kinds[0], 'started');
    t.is(kinds.at(-1), 'finished');
    const progress = events.filter((event) => event.kind === 'progress');
    t.true(progress.length >= 2 && progress.length < 20, `${progress.length} of 1000`);
    t.deepEqual(progress[0]?.progress, { done: 1 });
    t.deepEqual(progress.at(-1)?.progress, { done: 1000 }, 'the last is never held back');
  });

  withAttempts('progress that is not JSON is the task’s error', async (t, { fail }) => {
    t.regex((await fail('bad-progress')).message, /BigInt/);
  });

  withAttempts('an attempt is stopped at its time limit', async (t, { fail, run }) => {
    const error = await fail('until-stopped', { timeoutMs: 50 });
    t.is(error.code, 'TASK_TIMEOUT');
    t.is(error.message, 'stopped at its time limit of 50ms');
    t.true(error.retryable);
    t.is(
      (await fail('stopped-but-succeeds', { timeoutMs: 50 })).code,
      'TASK_TIMEOUT',
      'too late is too late',
    );
    t.deepEqual(await run('slow', { timeoutMs: 60_000 }), { kind: 'success', value: '"slow"' });
  });

  withAttempts('an attempt can be cancelled; an unknown one is ignored', async (t, attempts) => {
    const asked = attempts.request('until-stopped');
    attempts.executor.start(asked);
    await attempts.waitFor((event) => event.kind === 'started');
    attempts.executor.stop('somebody else', 'cancelled');
    t.is(attempts.executor.running, 1);
    attempts.executor.stop(asked.attemptId, 'cancelled');
    attempts.executor.stop(asked.attemptId, 'cancelled');
    const end = (await attempts.waitFor((event) => event.kind === 'finished')) as Extract<
      AttemptEvent,
      { kind: 'finished' }
    >;
    t.is(end.outcome.kind === 'failed' && end.outcome.error.code, 'TASK_CANCELLED');
    t.is(end.outcome.kind === 'failed' && end.outcome.retryable, false);
    t.is(attempts.executor.running, 0);
    attempts.executor.stop(asked.attemptId, 'cancelled');
  });

  withAttempts('attempts run side by side, up to the capacity', async (t, attempts) => {
    const { executor, request, events } = attempts;
    t.is(executor.capacity, 2);
    const both = [request('until-stopped'), request('until-stopped')];
    for (const one of both) executor.start(one);
    t.is(executor.running, 2);
    await attempts.waitFor(() => events.filter((event) => event.kind === 'started').length === 2);
    executor.stop(both[0]!.attemptId, 'cancelled');
    await attempts.waitFor((event) => event.kind === 'finished');
    t.is(executor.running, 1);
    t.deepEqual(
      await attempts.run('number'),
      { kind: 'success', value: '5' },
      'beside the one that still runs',
    );
  });

  withAttempts('close stops what runs', async (t, attempts) => {
    for (let n = 0; n < 2; n++) attempts.executor.start(attempts.request('until-stopped'));
    await attempts.executor.close();
    const ends = attempts.events.filter((event) => event.kind === 'finished');
    t.is(ends.length, 2);
    for (const { outcome } of ends) {
      t.is(outcome.kind === 'failed' && outcome.error.code, 'TASK_INTERRUPTED');
      t.true(outcome.kind === 'failed' && outcome.retryable);
    }
    t.is(attempts.executor.running, 0);
  });

  withAttempts(
    'a hundred attempts one after the other, started from within the listener',
    async (t, attempts) => {
      let left = 100;
      let wake = () => {};
      const done = new Promise<void>((resolve) => {
        wake = resolve;
      });
      attempts.executor.onEvent((event) => {
        if (event.kind !== 'finished') return;
        t.is(event.outcome.kind, 'success');
        if (--left === 0) wake();
        else attempts.executor.start(attempts.request('number'));
      });
      attempts.executor.start(attempts.request('number'));
      await done;
    },
  );
}
