import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { isCodedError } from '../../../src/shared/errors.js';
import { withProcessLock } from '../../../src/shared/process-lock.js';
import { temporaryFolder } from '../../helpers/fixtures.js';

const HOLDER = fileURLToPath(new URL('../../helpers/lock-holder.js', import.meta.url));

test('one at a time, also within a process, and the next after an error', async (t) => {
  const file = join(temporaryFolder(t), 'lock');
  let inside = 0;
  const work = async () => {
    t.is(++inside, 1);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withProcessLock(file, work)));
  await t.throwsAsync(
    withProcessLock(file, () => Promise.reject(new Error('no'))),
    { message: 'no' },
  );
  t.is(await withProcessLock(file, () => 42), 42);
});

test('a lock that another process holds runs into the time limit, and a SIGKILL of its holder frees it', async (t) => {
  const file = join(temporaryFolder(t), 'lock');
  const holder = fork(HOLDER, [file]);
  await once(holder, 'message');

  const error = await t.throwsAsync(withProcessLock(file, () => t.fail(), { timeoutMs: 50 }));
  t.true(isCodedError(error, 'LOCK_TIMEOUT'));
  t.true(error?.message.includes(file));
  t.regex(String(error?.message), /held this lock for the \d+ms this one waited/);

  holder.kill('SIGKILL');
  await once(holder, 'exit');
  t.is(await withProcessLock(file, () => 'mine', { timeoutMs: 0 }), 'mine');
});

test('waiting does not block the event loop', async (t) => {
  const file = join(temporaryFolder(t), 'lock');
  const holder = fork(HOLDER, [file]);
  await once(holder, 'message');
  const waiting = withProcessLock(file, () => 'mine');
  // the holder only lets go when this process, while waiting, gets to send the word
  holder.send('let go');
  t.is(await waiting, 'mine');
});

test('a file that is no lock is an error, not a wait', async (t) => {
  const file = join(temporaryFolder(t), 'lock');
  writeFileSync(file, 'something else, and long enough to be looked at'.repeat(50));
  const error = await t.throwsAsync(withProcessLock(file, () => t.fail()));
  t.true(isCodedError(error, 'LOCK_UNUSABLE'), String(error));
});
