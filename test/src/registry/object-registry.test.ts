import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { sectionOf } from '../../../src/config/section.js';
import type { RegistryBackend } from '../../../src/registry/index.js';
import { openBackend } from '../../../src/registry/registry-backends.js';
import { registryContract } from '../../contracts/registry.js';
import { OBJECT_SERVERS, type ObjectScheme, type ObjectServer } from '../../helpers/object-servers.js';

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
