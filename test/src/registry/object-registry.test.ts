import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { sectionOf } from '../../../src/config/section.js';
import { type RegistryBackend, removeObject } from '../../../src/registry/index.js';
import { openBackend } from '../../../src/registry/registry-backends.js';
import type { ErrorCode } from '../../../src/shared/error-codes.js';
import { isCodedError } from '../../../src/shared/errors.js';
import { entityNames, putEntity, registryContract } from '../../contracts/registry.js';
import {
  AZURE_KEY,
  OBJECT_SERVERS,
  type ObjectScheme,
  type ObjectServer,
} from '../../helpers/object-servers.js';

const servers = new Map<ObjectScheme, ObjectServer>();

test.before(async () => {
  for (const [scheme, start] of Object.entries(OBJECT_SERVERS)) {
    const server = await start();
    if (server === undefined) continue;
    servers.set(scheme as ObjectScheme, server);
    Object.assign(process.env, server.env);
  }
});
test.after.always(async () => {
  for (const server of servers.values()) await server.close();
});

async function open(values: Record<string, unknown>): Promise<RegistryBackend> {
  const { backend } = await openBackend({ type: 'file', section: sectionOf(values, 'registry') }, '/');
  return backend;
}

const buckets = new WeakMap<object, Promise<{ path: string }>>();

async function openIn(t: ExecutionContext, scheme: ObjectScheme, place: string): Promise<RegistryBackend> {
  const bucket = buckets.get(t) ?? servers.get(scheme)!.createBucket(`test-${randomUUID()}`);
  buckets.set(t, bucket);
  return open({ path: `${(await bucket).path}.${place}` });
}

for (const scheme of ['s3', 'gs', 'az'] as const) {
  registryContract(test, scheme, (t, place) => openIn(t, scheme, place));
}

/** The faults of one test are another's: these run one by one. */
for (const scheme of ['s3', 'gs', 'az'] as const) {
  test.serial(`${scheme}: a write whose answer is lost is not made twice`, async (t) => {
    const backend = await openIn(t, scheme, 'lost');
    const { proxy } = servers.get(scheme)!;
    await backend.change(putEntity('first'));
    let calls = 0;
    proxy.faults.push('lose answer');
    const change = await backend.change((draft) => {
      calls++;
      putEntity('ours')(draft);
      return 'result';
    });
    t.is(calls, 1);
    t.like(change, { result: 'result', written: true });
    t.is((await backend.load())!.versionId, change.registry.versionId);
    t.deepEqual(entityNames(change.registry), ['first', 'ours']);
    t.deepEqual(proxy.faults, []);
  });

  test.serial(`${scheme}: nor where another has written on top of it meanwhile`, async (t) => {
    const backend = await openIn(t, scheme, 'topped');
    const other = await openIn(t, scheme, 'topped');
    const { proxy } = servers.get(scheme)!;
    await other.change(putEntity('first'));
    let calls = 0;
    proxy.faults.push('lose answer');
    proxy.afterLoss = async () => {
      proxy.afterLoss = async () => {};
      await other.change(putEntity('theirs'));
      // what a second run of our edit would take away
      await other.change(putEntity('doomed'));
    };
    const change = await backend.change((draft) => {
      calls++;
      removeObject(draft, 'entities', 'demo', 'doomed');
      putEntity('ours')(draft);
    });
    t.is(calls, 1);
    t.true(change.written);
    t.deepEqual(entityNames(change.registry), ['doomed', 'first', 'ours', 'theirs']);
  });

  test.serial(`${scheme}: lost requests and a busy server are tried again`, async (t) => {
    const backend = await openIn(t, scheme, 'busy');
    const { proxy } = servers.get(scheme)!;
    proxy.faults.push('lose request', 503, 'lose request');
    t.true((await backend.change(putEntity('driver'))).written);
    t.deepEqual(entityNames(await backend.load()), ['driver']);
    t.deepEqual(proxy.faults, []);
  });

  test.serial(`${scheme}: a write that is forbidden is an error at once`, async (t) => {
    const backend = await openIn(t, scheme, 'forbidden');
    servers.get(scheme)!.proxy.faults.push(403);
    await refused(t, () => backend.change(putEntity('driver')), 'REGISTRY_ACCESS_DENIED');
    t.is(await backend.load(), undefined);
  });

  test(`${scheme}: a bucket that does not exist is an error, not an empty registry`, async (t) => {
    const { path } = await servers.get(scheme)!.createBucket(`test-${randomUUID()}`);
    const backend = await open({ path: path.replace('test-', 'none-') });
    await refused(t, () => backend.load(), 'REGISTRY_BUCKET_NOT_FOUND');
    await refused(t, () => backend.change(putEntity('driver')), 'REGISTRY_BUCKET_NOT_FOUND');
  });
}

/** The error has the code, names the registry, and nothing of it holds a credential. */
async function refused(t: ExecutionContext, work: () => Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await t.throwsAsync(work());
  t.true(isCodedError(error, code), inspect(error));
  t.regex(error!.message, /^registry (s3|gs|https?):\/\/\S+\/registry\.pb[.\w]*: /);
  for (const secret of ['secretOfTheTest', AZURE_KEY, 'signature=', 'SharedKey']) {
    t.false(inspect(error, { depth: 10, showHidden: true }).includes(secret), secret);
  }
}
