import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import Database from 'better-sqlite3';
import { openFileLeases, type ViewLease, type ViewLeases } from '../../../src/registry/index.js';
import { temporaryFolder } from '../../helpers/fixtures.js';

function openLeases(t: { teardown(fn: () => unknown): void }, file: string, ttlMs?: number): ViewLeases {
  const leases = openFileLeases(file, ttlMs === undefined ? {} : { ttlMs });
  t.teardown(() => leases.close());
  return leases;
}

async function acquired(leases: ViewLeases, view = 'v'): Promise<ViewLease> {
  const found = await leases.tryAcquire('p', view);
  if (found.kind !== 'lease') throw new Error(`held by ${found.name}`);
  return found;
}

test('one holder a view; views and projects are apart; who is let in has a greater token', async (t) => {
  const file = join(temporaryFolder(t), 'data/leases');
  const [one, other] = [openLeases(t, file), openLeases(t, file)];
  const first = await acquired(one);
  t.like(await other.tryAcquire('p', 'v'), { kind: 'holder' });
  t.regex(
    ((await other.tryAcquire('p', 'v')) as { name: string }).name,
    new RegExp(`^process ${process.pid} on `),
  );
  t.is((await one.tryAcquire('p', 'v')).kind, 'holder', 'not even the same process twice');
  t.is((await other.tryAcquire('p', 'w')).kind, 'lease');
  t.is((await other.tryAcquire('q', 'v')).kind, 'lease');
  first.check();
  await first.renew();
  await first.release();
  const second = await acquired(other);
  t.true(second.token > first.token);
  t.throws(() => first.check(), { code: 'MATERIALIZATION_LEASE_LOST', message: /"v"/ });
  await first.release();
  second.check();
});

test('a lease that was not renewed can be taken over, and its holder is fenced', async (t) => {
  const file = join(temporaryFolder(t), 'leases');
  const leases = openLeases(t, file, 0);
  const first = await acquired(leases);
  first.check();
  await first.renew();
  const second = await acquired(leases);
  t.throws(() => first.check(), { code: 'MATERIALIZATION_LEASE_LOST' });
  await t.throwsAsync(() => first.renew(), { code: 'MATERIALIZATION_LEASE_LOST' });
  await first.release();
  second.check();
});

test('a holder that is gone from this host is superseded at once; on another host only at expiry', async (t) => {
  const file = join(temporaryFolder(t), 'leases');
  const leases = openLeases(t, file);
  await acquired(leases);
  const gone = fork(file, { execArgv: ['-e', ''] });
  await once(gone, 'exit');
  const database = new Database(file);
  database.prepare('UPDATE leases SET pid = ?').run(gone.pid);
  const { host } = database.prepare('SELECT host FROM leases').get() as { host: string };
  database.prepare('UPDATE leases SET host = ?').run('elsewhere pid:[1]');
  t.is(((await leases.tryAcquire('p', 'v')) as { name: string }).name, `process ${gone.pid} on elsewhere`);
  database.prepare('UPDATE leases SET host = ?').run(host);
  database.close();
  t.is((await acquired(leases)).token, 2);
});

test('a file that is no lease file is an error that names it', async (t) => {
  const file = join(temporaryFolder(t), 'leases');
  writeFileSync(file, 'something else, and long enough to be looked at'.repeat(50));
  await t.throwsAsync(() => openLeases(t, file).tryAcquire('p', 'v'), {
    code: 'LOCK_UNUSABLE',
    message: /leases cannot keep leases/,
  });
});
