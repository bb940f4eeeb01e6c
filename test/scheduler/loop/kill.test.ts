import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { openRunStore } from '../../../scheduler/store/open-run-store.js';
import { temporaryFolder } from '../../helpers/fixtures.js';
import { KILL_DAYS, KILL_START, killSpec } from '../../helpers/kill-target.js';
import { startLoop } from '../../helpers/loop.js';
import { ManualClock } from '../../helpers/manual-clock.js';
import { seededRandom } from '../../helpers/random.js';

const TARGET = fileURLToPath(new URL('../../helpers/kill-target.js', import.meta.url));
const DAY = 86_400_000;
const KILLS = 10;

function startScheduler(folder: string, ...more: string[]): ChildProcess {
  return spawn(process.execPath, [TARGET, folder, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('killed at ten moments: every interval is run to its end, once, and none is missing', async (t) => {
  const folder = temporaryFolder(t);
  const random = seededRandom(42);
  let killed = 0;
  while (killed < KILLS) {
    const child = startScheduler(folder);
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
    // Some die before they have begun, most in the middle of their work.
    if (random() < 0.8) await Promise.race([once(child.stdout!, 'data'), exited]);
    await Promise.race([delay(random() * 50), exited]);
    child.kill('SIGKILL');
    const [, signal] = await exited;
    if (signal !== 'SIGKILL') break;
    killed++;
  }
  t.is(killed, KILLS, 'the work was over before the last kill: make it longer');
  const [code] = (await once(startScheduler(folder), 'exit')) as [number];
  t.is(code, 0);

  const store = await openRunStore(join(folder, 'state.db'));
  t.teardown(() => store.close());
  const runs = await store.listRuns({ dagId: killSpec.dagId, limit: 1000 });
  const expected = Array.from({ length: KILL_DAYS }, (_, i) => KILL_START + i * DAY).reverse();
  t.deepEqual(
    runs.map((run) => run.intervalStart),
    expected,
  );
  t.deepEqual(
    runs.map((run) => run.intervalEnd - run.intervalStart),
    expected.map(() => DAY),
  );
  t.true(runs.every(({ state }) => state === 'success'));
  t.deepEqual(await store.heldAttempts(), []);

  const lines = readFileSync(join(folder, 'work.log'), 'utf8').trim().split('\n');
  t.is(new Set(lines).size, lines.length, 'no attempt ran twice');
  let interrupted = 0;
  for (const run of runs) {
    for (const task of await store.listTasks(run.key)) {
      const attempts = await store.listAttempts(task.key);
      interrupted += attempts.length - 1;
      t.deepEqual(
        attempts.slice(0, -1).filter(({ state }) => state !== 'interrupted'),
        [],
      );
      t.is(attempts.at(-1)!.state, 'success');
      t.is(task.failures, 0);
      const last = `${run.logicalDate} ${task.taskId} ${attempts.at(-1)!.number}`;
      t.true(lines.includes(last), `what is recorded as done was done: ${last}`);
    }
  }
  t.true(interrupted > 0, 'the kills hit nothing: they come too early or too late');
});

test('a scheduler in another process: refused while it lives, replaced as soon as it is dead', async (t) => {
  const folder = temporaryFolder(t);
  const child = startScheduler(folder, 'hang');
  const exited = once(child, 'exit');
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout!, 'data');
  const store = await openRunStore(join(folder, 'state.db'));
  t.teardown(() => store.close());
  const mine = () => startLoop(store, [killSpec], () => {}, { clock: new ManualClock(Date.now()) });
  const error = await t.throwsAsync(mine().loop.runOnce(), { code: 'STATE_DATABASE_IN_USE' });
  t.true(error!.message.includes(`pid ${child.pid} on `), error!.message);
  child.kill('SIGKILL');
  await exited;
  const summary = await mine().loop.runOnce();
  t.is(summary.runs.success, KILL_DAYS);
});
