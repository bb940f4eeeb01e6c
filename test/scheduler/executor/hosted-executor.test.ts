import test, { type ExecutionContext } from 'ava';
import type { AttemptEvent } from '../../../scheduler/executor/executor.js';
import { createHostedExecutor } from '../../../scheduler/executor/hosted-executor.js';
import { silentLogger } from '../../../src/shared/logger.js';
import { testExecutor } from '../../contracts/executor.js';
import { type Attempts, openAttempts } from '../../helpers/attempts.js';

testExecutor('hosted', async () => createHostedExecutor({ capacity: 2, logger: silentLogger }));

const DAG = `import { dag } from 'feast-scheduler/dag';
import { DuckDBInstance } from ${JSON.stringify(import.meta.resolve('@duckdb/node-api'))};

export default dag('d', {}, ({ task }) => {
  task('host', () => process.pid);
  task('kills', () => void process.kill(process.pid, 'SIGKILL'));
  task('duckdb', async () => {
    const connection = await (await DuckDBInstance.create()).connect();
    for (;;) await connection.runAndReadAll('SELECT count(*) FROM range(3000000) a WHERE hash(a.range) % 7 = 3');
  });
  task('waits', () => new Promise(() => {}));
});
`;

async function open(t: ExecutionContext): Promise<Attempts> {
  const executor = createHostedExecutor({ capacity: 2, logger: silentLogger, limits: { graceMs: 50 } });
  const attempts = await openAttempts(executor, DAG);
  t.teardown(() => attempts.close());
  return attempts;
}

test.serial(
  'native code that ends the process ends the attempts of the host, and another host takes over',
  async (t) => {
    const attempts = await open(t);
    const first = await attempts.run('host');
    const bystander = attempts.request('waits');
    attempts.executor.start(bystander);
    await attempts.waitFor((event) => event.kind === 'started' && event.attemptId === bystander.attemptId);
    const culprit = attempts.request('kills');
    attempts.executor.start(culprit);
    for (const { attemptId } of [culprit, bystander]) {
      const end = await attempts.waitFor(
        (event) => event.kind === 'finished' && event.attemptId === attemptId,
      );
      t.like(end, { outcome: { kind: 'failed', error: { code: 'TASK_CRASHED' }, retryable: true } });
    }
    t.regex(
      attempts.readLog(bystander),
      /starts.*\n.* error attempt 1 failed after \S+: the process that ran it ended \(SIGKILL\)/,
    );
    t.is(attempts.executor.running, 0);
    const second = await attempts.run('host');
    t.is(second.kind, 'success');
    t.notDeepEqual(second, first, 'in another process');
  },
);

test.serial(
  'a DuckDB query that runs into its time limit is a failed attempt, whatever DuckDB makes of it',
  async (t) => {
    const attempts = await open(t);
    for (let round = 0; round < 3; round++) {
      t.is((await attempts.fail('duckdb', { timeoutMs: 300 })).code, 'TASK_TIMEOUT');
    }
    t.is((await attempts.run('host')).kind, 'success');
    const ends = attempts.events.filter((event: AttemptEvent) => event.kind === 'finished');
    t.is(ends.length, 4);
  },
);

test.serial('an attempt is told to stop although its host dies', async (t) => {
  const attempts = await open(t);
  const asked = attempts.request('duckdb');
  attempts.executor.start(asked);
  await attempts.waitFor((event) => event.kind === 'started');
  attempts.executor.stop(asked.attemptId, 'cancelled');
  const end = await attempts.waitFor((event) => event.kind === 'finished');
  t.like(end, { outcome: { error: { code: 'TASK_CANCELLED' }, retryable: false } });
});
