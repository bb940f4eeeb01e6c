import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { createClient, RESP_TYPES } from 'redis';
import { sectionOf } from '../../../src/config/section.js';
import type { OnlineStore } from '../../../src/online/online-store.js';
import { murmur3 } from '../../../src/online/redis/murmur3.js';
import {
  dateOf,
  decodeTimestamp,
  encodeTimestamp,
  featureField,
} from '../../../src/online/redis/redis-format.js';
import { openRedisStore } from '../../../src/online/redis/redis-store.js';
import {
  batchOf,
  keyOf,
  onlineStoreContract,
  PROJECT,
  readBack,
  VIEW,
} from '../../contracts/online-store.js';
import { readJsonFixture } from '../../helpers/fixtures.js';
import {
  freePort,
  isInstalled,
  REQUIRE_SERVICES,
  type RedisServer,
  startRedis,
} from '../../helpers/services.js';

// not execFileSync: it would hold up the connections of other tests
const run = promisify(execFile);
const installed = isInstalled('redis-server');
if (!installed) console.log('redis-server is not installed: tests of the Redis store are skipped');
// one after the other: all at once they keep each other from answering servers in time
const test = (installed || REQUIRE_SERVICES ? anyTest.serial : anyTest.skip) as TestFn;

const folder = mkdtempSync(join(tmpdir(), 'feast-scheduler-redis-'));
const TRAITS = {
  tables: false,
  createdTimes: false,
  resolution: 1e-6,
  before1970: true,
  longestValue: Infinity,
};
let server: RedisServer;
let nextDatabase = 0;

anyTest.before(async () => {
  if (installed || REQUIRE_SERVICES) server = await startRedis(folder);
});
anyTest.after.always(() => {
  server?.process.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function openStore(t: ExecutionContext, values: Record<string, unknown> = {}) {
  const connection_string = `127.0.0.1:${server.port},db=${nextDatabase++}`;
  const section = sectionOf({ connection_string, ...values }, 'online_store');
  const store = await openRedisStore({ type: 'redis', section }, folder);
  t.teardown(() => store.close());
  return { store, connection_string };
}

async function clientFor(t: ExecutionContext, store: OnlineStore) {
  const [, port, database] = /:(\d+)\/(\d+)$/.exec(store.infraFor(PROJECT, VIEW).location)!;
  const client = createClient({
    socket: { port: Number(port), connectTimeout: 60_000 },
    database: Number(database),
  });
  await client.connect();
  t.teardown(() => client.destroy());
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}

onlineStoreContract(test, TRAITS, async (t, beside) => {
  const database = /\/(\d+)$/.exec(beside?.infraFor(PROJECT, VIEW).location ?? '')?.[1];
  const at = database && { connection_string: `127.0.0.1:${server.port},db=${database}` };
  return (await openStore(t, at || {})).store;
});

anyTest("hash fields and keys are Feast's", (t) => {
  const golden = readJsonFixture<{ redis_fields: Record<string, string> }>('golden/keys.json');
  for (const [name, hex] of Object.entries(golden.redis_fields)) {
    const [view, feature] = name.split(':') as [string, string];
    t.is(featureField(view, feature).toString('hex'), hex, name);
  }
  // every length of the rest, against mmh3.hash(text, signed=False)
  t.deepEqual(
    ['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'é✈'].map((text) => murmur3(Buffer.from(text))),
    [0, 0x3c2569b2, 0x9bbfd75f, 0xb3dd93fa, 0x43ed676a, 0xe89b9af6, 0x44d21e8d],
  );
});

anyTest('timestamps there and back', (t) => {
  for (const micros of [
    0n,
    1n,
    -1n,
    1_700_000_000_123_456n,
    -62_135_596_800_000_000n,
    253_402_300_799_999_999n,
  ]) {
    const { seconds, nanos } = decodeTimestamp(encodeTimestamp(micros));
    t.is(BigInt(seconds) * 1_000_000n + BigInt(nanos) / 1000n, micros);
    t.true(nanos >= 0);
  }
  t.is(dateOf({ seconds: -1, nanos: 500_000_000 }).getTime(), -500);
});

test('an entity is a hash under its serialized key and the project', async (t) => {
  const { store } = await openStore(t);
  await store.write(PROJECT, VIEW, batchOf([{ id: 1001, event: 1.5, trips: 7, name: null }]));
  const client = await clientFor(t, store);
  const [key] = (await client.keys('*')) as unknown as Buffer[];
  t.deepEqual(key, Buffer.concat([keyOf(1001), Buffer.from(PROJECT)]));
  const hash = await client.hGetAll(key!);
  t.deepEqual(Object.keys(hash).length, 3);
  t.is((await client.hGet(key!, '_ts:drivers'))!.toString('hex'), '08011080cab5ee01');
  t.is(await client.ttl(key!), -1);
});

test('key_ttl_seconds: an entity lives that long after its last write', async (t) => {
  const { store, connection_string } = await openStore(t, { key_ttl_seconds: 3600 });
  t.truthy(connection_string);
  const rows = Array.from({ length: 200 }, (_, id) => ({ id, event: 1, trips: id }));
  await store.write(PROJECT, VIEW, batchOf(rows));
  await store.write(PROJECT, VIEW, batchOf([{ id: 1000, event: 1 }]));
  const client = await clientFor(t, store);
  for (const key of (await client.keys('*')) as unknown as Buffer[]) {
    const ttl = await client.ttl(key);
    t.true(ttl > 3500 && ttl <= 3600);
  }
});

test('a dropped view leaves entities that hold others, and nothing of its own', async (t) => {
  const { store } = await openStore(t);
  const other = { ...VIEW, name: 'other' };
  await store.write(
    PROJECT,
    VIEW,
    batchOf([
      { id: 1, event: 1, trips: 1 },
      { id: 2, event: 1, trips: 1 },
    ]),
  );
  await store.write(PROJECT, other, batchOf([{ id: 1, event: 1, trips: 1 }]));
  await store.updateInfra(PROJECT, [], [store.infraFor(PROJECT, VIEW)]);
  const client = await clientFor(t, store);
  const keys = (await client.keys('*')) as unknown as Buffer[];
  t.deepEqual(keys, [Buffer.concat([keyOf(1), Buffer.from(PROJECT)])]);
  t.is(await client.hLen(keys[0]!), 3);
  // a view of which only the name is known
  const { view: _, ...named } = store.infraFor(PROJECT, other);
  await store.updateInfra(PROJECT, [], [named]);
  t.is(await client.dbSize(), 0);
});

test('a writer that is disturbed at every step still writes once', async (t) => {
  const { store } = await openStore(t);
  const client = await clientFor(t, store);
  const rows = Array.from({ length: 3000 }, (_, id) => ({ id, event: 10, trips: id, name: 'x' }));
  await store.write(PROJECT, VIEW, batchOf([{ id: 5, event: 20, trips: -5, name: 'newer' }]));
  let done = false;
  const disturb = (async () => {
    while (!done) await client.sendCommand(['SET', 'feast-scheduler:writing:demo:drivers', '1']);
  })();
  t.deepEqual(await store.write(PROJECT, VIEW, batchOf(rows)), { written: 2999, skippedOlder: 1 });
  done = true;
  await disturb;
  t.deepEqual(await readBack(store, [4, 5, 2999]), [
    { event: 10, trips: 4, name: 'x' },
    { event: 20, trips: -5, name: 'newer' },
    { event: 10, trips: 2999, name: 'x' },
  ]);
});

test('a password: the right one, a wrong one, none', async (t) => {
  const locked = await startRedis(folder, ['--requirepass', 'se=cret']);
  t.teardown(() => locked.process.kill());
  const at = `127.0.0.1:${locked.port}`;
  const rows = Array.from({ length: 60 }, (_, id) => ({ id, event: 1, trips: id }));
  const { store } = await openStore(t, { connection_string: `${at},password=se=cret,db=3` });
  await store.write(PROJECT, VIEW, batchOf(rows));
  t.like((await readBack(store, [59]))[0], { trips: 59 });
  for (const connection_string of [`${at},password=wrong-one`, at]) {
    const { store: refused } = await openStore(t, { connection_string });
    for (const use of [() => refused.write(PROJECT, VIEW, batchOf(rows)), () => readBack(refused, [1])]) {
      const error = await t.throwsAsync(use(), { code: 'ONLINE_STORE_DENIED', message: new RegExp(at) });
      t.notRegex(error!.message, /wrong-one/);
    }
  }
});

test('a server that is away is named, and found again', async (t) => {
  const { store: away } = await openStore(t, { connection_string: `127.0.0.1:${await freePort()}` });
  const expected = { code: 'ONLINE_STORE_UNREACHABLE' };
  await t.throwsAsync(away.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1 }])), expected);
  await t.throwsAsync(readBack(away, [1]), expected);

  const first = await startRedis(folder);
  const { store } = await openStore(t, { connection_string: `127.0.0.1:${first.port}` });
  await store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1, trips: 1 }]));
  await readBack(store, [1]);
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  await t.throwsAsync(store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1 }])), expected);
  await t.throwsAsync(readBack(store, [1]), expected);
});

test('a full server and one that takes no writes are named, and nothing of the group is written', async (t) => {
  const full = await startRedis(folder, ['--maxmemory', '3mb', '--maxmemory-policy', 'noeviction']);
  t.teardown(() => full.process.kill());
  const { store } = await openStore(t, { connection_string: `127.0.0.1:${full.port}` });
  const rows = Array.from({ length: 400 }, (_, id) => ({ id, event: 1, name: 'x'.repeat(20_000) }));
  await t.throwsAsync(store.write(PROJECT, VIEW, batchOf(rows)), { code: 'ONLINE_STORE_FULL' });
  t.deepEqual(await readBack(store, [0, 1]), [undefined, undefined]);

  const replica = await startRedis(folder, ['--replicaof', '127.0.0.1', String(server.port)]);
  t.teardown(() => replica.process.kill());
  const { store: readOnly } = await openStore(t, { connection_string: `127.0.0.1:${replica.port}` });
  const expected = { code: 'ONLINE_STORE_NOT_WRITABLE' };
  await t.throwsAsync(readOnly.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1 }])), expected);
});

test('TLS', async (t) => {
  if (!isInstalled('openssl')) return t.pass('openssl is not installed');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem', '-days', '2'];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...subject], {
    cwd: folder,
  });
  const port = String(await freePort());
  const options = [
    '--tls-port',
    port,
    '--tls-cert-file',
    'cert.pem',
    '--tls-key-file',
    'key.pem',
    '--tls-auth-clients',
    'no',
  ];
  const secure = await startRedis(folder, options);
  t.teardown(() => secure.process.kill());
  const rows = Array.from({ length: 60 }, (_, id) => ({ id, event: 1, trips: id }));
  for (const trust of ['ssl_ca_certs=cert.pem', 'ssl_cert_reqs=none']) {
    const { store } = await openStore(t, { connection_string: `localhost:${port},ssl=true,${trust}` });
    await store.write(PROJECT, VIEW, batchOf(rows));
    t.like((await readBack(store, [59]))[0], { trips: 59 });
  }
  const { store } = await openStore(t, { connection_string: `localhost:${port},ssl=true` });
  await t.throwsAsync(store.write(PROJECT, VIEW, batchOf(rows)), { code: 'ONLINE_STORE_UNREACHABLE' });
  await t.throwsAsync(readBack(store, [1]), { code: 'ONLINE_STORE_UNREACHABLE' });
});

test('a cluster', async (t) => {
  if (!isInstalled('redis-cli')) return t.pass('redis-cli is not installed');
  const nodes = await Promise.all(
    [1, 2, 3].map(async (node) => {
      // by default the port plus 10,000, which may be more than there are
      const bus = await freePort();
      const own = ['--cluster-port', String(bus), '--cluster-config-file', `node-${node}.conf`];
      return { ...(await startRedis(folder, ['--cluster-enabled', 'yes', ...own])), bus };
    }),
  );
  t.teardown(() => {
    for (const node of nodes) node.process.kill();
  });
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const buses = nodes.map(({ port, bus }) => `127.0.0.1:${port}@${bus}`);
  await run('redis-cli', ['--cluster', 'create', ...buses, '--cluster-yes']);
  for (const { port } of nodes) {
    const info = () => run('redis-cli', ['-p', String(port), 'cluster', 'info']);
    while (!(await info()).stdout.includes('cluster_state:ok'));
  }
  const values = { redis_type: 'redis_cluster', connection_string: hosts.slice(0, 2).join(',') };
  const { store } = await openStore(t, { ...values, key_ttl_seconds: 1000 });
  const rows = Array.from({ length: 1200 }, (_, id) => ({ id, event: 10, trips: id, name: `n${id}` }));
  const other = { ...VIEW, name: 'other' };
  t.deepEqual(await store.write(PROJECT, VIEW, batchOf(rows)), { written: 1200, skippedOlder: 0 });
  await store.write(PROJECT, other, batchOf(rows));
  const older = [0, 1, 2].map((id) => ({ id, event: 5 + 5 * id, trips: -id }));
  t.deepEqual(await store.write(PROJECT, VIEW, batchOf(older)), { written: 2, skippedOlder: 1 });
  t.deepEqual(await readBack(store, [1199, 0, 5000, 1]), [
    { event: 10, trips: 1199, name: 'n1199' },
    { event: 10, trips: 0, name: 'n0' },
    undefined,
    { event: 10, trips: -1, name: null },
  ]);
  await store.updateInfra(PROJECT, [], [store.infraFor(PROJECT, VIEW)]);
  t.deepEqual(await readBack(store, [1199, 0]), [undefined, undefined]);
  t.truthy((await store.read(PROJECT, other, [keyOf(77)], ['trips']))[0]);
  for (const node of nodes) node.process.kill('SIGKILL');
  await t.throwsAsync(readBack(store, [1199]), { code: 'ONLINE_STORE_UNREACHABLE' });
});

anyTest('settings are checked', async (t) => {
  const open = (values: Record<string, unknown>) =>
    openRedisStore({ type: 'redis', section: sectionOf(values, 'online_store') }, folder);
  await t.throwsAsync(open({ conection_string: 'x' }), { message: /Did you mean "connection_string"/ });
  for (const [connection_string, message] of [
    ['localhost:6379,pasword=secret', /Did you mean "password"/],
    ['user:secret@localhost:6379', /expected host:port/],
    ['a:1,b:2', /redis_cluster/],
    ['db=0', /no host:port/],
    ['a:1,db=x', /"db"/],
    ['a:1,ssl=maybe', /"ssl"/],
    ['a:1,ssl_ca_certs=missing.pem', /missing\.pem/],
  ] as const) {
    const error = await t.throwsAsync(open({ connection_string }), { code: 'CONFIG_INVALID_VALUE', message });
    t.notRegex(error!.message, /secret/);
  }
  await t.throwsAsync(open({ redis_type: 'redis_sentinel' }), { code: 'CONFIG_INVALID_VALUE' });
});
