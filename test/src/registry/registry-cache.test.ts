import test, { type ExecutionContext } from 'ava';
import { openMemoryRegistry } from '../../../src/registry/memory-registry.js';
import type { RegistryBackend } from '../../../src/registry/registry-backend.js';
import { cacheRegistry, type RegistryCache } from '../../../src/registry/registry-cache.js';
import { type Logger, silentLogger } from '../../../src/shared/logger.js';
import { entityNames, putEntity } from '../../contracts/registry.js';
import { ManualClock } from '../../helpers/manual-clock.js';

const TTL = 600_000;

/** A registry on another machine: what is asked of it is counted, and answered when the test says so. */
function remoteRegistry() {
  const inner = openMemoryRegistry();
  const asked: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  let failure: Error | undefined;
  async function ask<T>(what: string, work: () => Promise<T>): Promise<T> {
    asked.push(what);
    const [waiting, failing] = [gate, failure];
    const answer = await work();
    await waiting;
    if (failing !== undefined) throw failing;
    return answer;
  }
  const backend: RegistryBackend = {
    ...inner,
    isLocal: false,
    load: () => ask('load', () => inner.load()),
    fingerprint: () => ask('fingerprint', () => inner.fingerprint()),
  };
  return {
    backend,
    /** another's change */
    others: (name: string) => inner.change(putEntity(name)),
    takeAsked: () => asked.splice(0),
    /** nothing is answered until the returned function is called */
    hold(): () => void {
      let open = () => {};
      gate = new Promise((resolve) => {
        open = () => resolve();
      });
      return () => {
        gate = Promise.resolve();
        open();
      };
    },
    fail: (error: Error | undefined) => {
      failure = error;
    },
  };
}

/** Lets everything that waits for nothing but promises go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function open(t: ExecutionContext, cacheMode: 'sync' | 'thread' = 'sync', cacheTtlMs = TTL) {
  const remote = remoteRegistry();
  const clock = new ManualClock(0);
  const warnings: string[] = [];
  const log: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
  const cache = cacheRegistry(remote.backend, { cacheTtlMs, cacheMode, log, clock });
  t.teardown(() => cache.close());
  return { remote, clock, warnings, cache };
}

const names = async (cache: RegistryCache) => entityNames(await cache.contents());

test('however many readers come at a cold start, the registry is fetched once', async (t) => {
  const { remote, cache } = open(t);
  await remote.others('a');
  const release = remote.hold();
  const readers = Array.from({ length: 100 }, () => cache.contents());
  release();
  const found = await Promise.all(readers);
  t.is(new Set(found).size, 1);
  t.deepEqual(entityNames(found[0]), ['a']);
  t.deepEqual(remote.takeAsked(), ['load']);
});

test('within its time the cache asks nothing; afterwards readers get the old one while the new one is fetched', async (t) => {
  const { remote, clock, cache } = open(t);
  await remote.others('a');
  await cache.contents();
  await remote.others('b');
  clock.advance(TTL - 1);
  t.deepEqual(await names(cache), ['a']);
  t.deepEqual(remote.takeAsked(), ['load']);

  clock.advance(1);
  const release = remote.hold();
  t.deepEqual(await names(cache), ['a']);
  t.deepEqual(await names(cache), ['a'], 'nor do those wait who come while it is fetched');
  release();
  await settle();
  t.deepEqual(await names(cache), ['a', 'b']);
  t.deepEqual(remote.takeAsked(), ['fingerprint', 'load']);
});

test('a refresh that finds nothing new costs one small request, and keeps what is indexed', async (t) => {
  const { remote, clock, cache } = open(t);
  await remote.others('a');
  await cache.contents();
  clock.advance(TTL);
  await cache.contents();
  await settle();
  // the first refresh learns the fingerprint
  t.deepEqual(remote.takeAsked(), ['load', 'fingerprint', 'load']);
  const known = await cache.contents();
  for (let n = 0; n < 3; n++) {
    clock.advance(TTL);
    t.is(await cache.contents(), known);
    await settle();
  }
  t.deepEqual(remote.takeAsked(), ['fingerprint', 'fingerprint', 'fingerprint']);
});

test('a ttl of 0 never expires', async (t) => {
  for (const mode of ['sync', 'thread'] as const) {
    const { remote, clock, cache } = open(t, mode, 0);
    await cache.contents();
    await remote.others('a');
    clock.advance(1e12);
    t.deepEqual(await names(cache), []);
    await settle();
    t.deepEqual(remote.takeAsked(), ['load']);
    cache.refresh();
    t.deepEqual(await names(cache), ['a']);
  }
});

test('a refresh that fails is logged and tried again later and later; readers notice nothing', async (t) => {
  const { remote, clock, warnings, cache } = open(t);
  await remote.others('a');
  await cache.contents();
  await remote.others('b');
  remote.takeAsked();
  remote.fail(new Error('the network is down'));
  clock.advance(TTL);
  for (const pause of [1000, 2000, 4000]) {
    t.deepEqual(await names(cache), ['a']);
    await settle();
    t.deepEqual(remote.takeAsked(), ['fingerprint']);
    clock.advance(pause - 1);
    t.deepEqual(await names(cache), ['a']);
    t.deepEqual(remote.takeAsked(), [], `not before ${pause} ms`);
    clock.advance(1);
  }
  t.is(warnings.length, 3);
  t.regex(warnings[0]!, /could not be refreshed.*the network is down/);
  remote.fail(undefined);
  await cache.contents();
  await settle();
  t.deepEqual(await names(cache), ['a', 'b']);
});

test('a first read that fails is an error for all who wait, and the next one tries again', async (t) => {
  const { remote, cache } = open(t);
  remote.fail(new Error('the network is down'));
  const results = await Promise.allSettled([cache.contents(), cache.contents()]);
  t.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  remote.fail(undefined);
  t.deepEqual(await names(cache), []);
});

test('thread: the timer refreshes without readers, until it is closed', async (t) => {
  const { remote, clock, cache } = open(t, 'thread');
  await cache.contents();
  await remote.others('a');
  remote.takeAsked();
  clock.advance(TTL);
  await settle();
  t.deepEqual(remote.takeAsked(), ['fingerprint', 'load']);
  t.deepEqual(await names(cache), ['a']);
  clock.advance(TTL);
  await settle();
  t.deepEqual(remote.takeAsked(), ['fingerprint']);
  await cache.close();
  clock.advance(TTL * 10);
  await settle();
  t.deepEqual(remote.takeAsked(), []);
});

test('a change starts from what is stored, and its readers see it without another fetch', async (t) => {
  const { remote, cache } = open(t);
  await cache.contents();
  await remote.others('theirs');
  remote.takeAsked();
  await cache.change(putEntity('ours'));
  t.deepEqual(await names(cache), ['ours', 'theirs']);
  t.deepEqual(remote.takeAsked(), []);
});

test('what was being fetched while a change was made does not hide the change', async (t) => {
  const { remote, clock, cache } = open(t);
  await remote.others('a');
  await cache.contents();
  await remote.others('b');
  clock.advance(TTL);
  const release = remote.hold();
  await cache.contents();
  await cache.change(putEntity('ours'));
  release();
  await settle();
  t.deepEqual(await names(cache), ['a', 'b', 'ours']);

  // the same at a cold start
  cache.refresh();
  const releaseCold = remote.hold();
  const cold = cache.contents();
  await cache.change(putEntity('more'));
  releaseCold();
  await cold;
  t.deepEqual(await names(cache), ['a', 'b', 'more', 'ours']);
});

test('a change that fails leaves no doubt: the next reader fetches', async (t) => {
  const { remote, cache } = open(t);
  await cache.contents();
  await remote.others('a');
  await t.throwsAsync(
    cache.change(() => {
      throw new Error('no');
    }),
  );
  t.deepEqual(await names(cache), ['a']);
});

test('parts are kept one by one where the backend reads parts', async (t) => {
  const remote = remoteRegistry();
  const backend = { ...remote.backend, readsParts: true };
  const clock = new ManualClock(0);
  const cache = cacheRegistry(backend, { cacheTtlMs: TTL, cacheMode: 'sync', log: silentLogger, clock });
  const part = (name: string) => ({ project: 'demo', objects: [{ collection: 'entities' as const, name }] });
  await cache.contents(part('a'));
  await cache.contents(part('a'));
  await cache.contents(part('b'));
  t.deepEqual(remote.takeAsked(), ['load', 'load']);
  await cache.change(putEntity('a'), part('a'));
  t.deepEqual(entityNames(await cache.contents(part('a'))), ['a']);
  t.deepEqual(remote.takeAsked(), ['load'], 'the answer of a change within a scope is not all there is');
});
