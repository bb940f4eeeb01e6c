import type { ExecutionContext, TestFn } from 'ava';
import { encodeEntity } from '../../src/codec/index.js';
import { entity } from '../../src/definitions/index.js';
import { nameOf, putObject, type RegistryBackend, type RegistryProto } from '../../src/registry/index.js';

/** An edit that registers an entity. */
export function putEntity(name: string): (draft: RegistryProto) => void {
  return (draft) =>
    putObject(draft, 'entities', 'demo', encodeEntity(entity({ name }), 'demo', undefined, 1n));
}

export function entityNames(registry: RegistryProto | undefined): string[] {
  return (registry?.entities ?? []).map(nameOf).sort();
}

/**
 * What every registry backend promises.
 * @param open a backend on an empty place; called twice with the same `place`, it gives the same registry
 */
export function registryContract(
  test: TestFn,
  name: string,
  open: (t: ExecutionContext, place: string) => Promise<RegistryBackend>,
): void {
  test(`${name}: nothing stored is nothing loaded, and an edit that changes nothing stores nothing`, async (t) => {
    const backend = await open(t, 'a');
    t.is(await backend.load(), undefined);
    const change = await backend.change(() => 'result');
    t.like(change, { result: 'result', written: false });
    t.is(await backend.load(), undefined);
    t.is(await backend.fingerprint(), undefined);
    await backend.close();
  });

  test(`${name}: a change is stored with a new version and time, an empty one keeps them`, async (t) => {
    const backend = await open(t, 'a');
    t.true((await backend.change(putEntity('driver'))).written);
    const first = (await backend.load())!;
    const fingerprint = await backend.fingerprint();
    t.deepEqual(entityNames(first), ['driver']);
    t.is(first.registrySchemaVersion, '1');
    t.regex(first.versionId, /^[0-9a-f-]{36}$/);
    t.truthy(first.lastUpdated);

    t.false((await backend.change(() => undefined)).written);
    t.is((await backend.load())!.versionId, first.versionId);
    t.is(await backend.fingerprint(), fingerprint);

    await backend.change(putEntity('origin'));
    t.not((await backend.load())!.versionId, first.versionId);
    t.not(await backend.fingerprint(), fingerprint);
    await backend.close();
  });

  test(`${name}: an edit that throws changes nothing`, async (t) => {
    const backend = await open(t, 'a');
    await backend.change(putEntity('driver'));
    const error = await t.throwsAsync(
      backend.change((draft) => {
        putEntity('origin')(draft);
        throw new Error('no');
      }),
    );
    t.is(error?.message, 'no');
    t.deepEqual(entityNames(await backend.load()), ['driver']);
    await backend.close();
  });

  test(`${name}: changes at the same time are all kept`, async (t) => {
    const backends = await Promise.all([open(t, 'a'), open(t, 'a')]);
    const names = Array.from({ length: 20 }, (_, n) => `entity${String(n).padStart(2, '0')}`);
    await Promise.all(names.map((entityName, n) => backends[n % 2]!.change(putEntity(entityName))));
    t.deepEqual(entityNames(await backends[0]!.load()), names);
    for (const backend of backends) await backend.close();
  });
}
