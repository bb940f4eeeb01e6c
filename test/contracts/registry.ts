import type { ExecutionContext, TestFn } from 'ava';
import { encodeEntity } from '../../src/codec/index.js';
import { entity } from '../../src/definitions/index.js';
import {
  nameOf,
  putObject,
  type RegistryBackend,
  type RegistryProto,
  removeObject,
} from '../../src/registry/index.js';

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
 * @param open a backend on an empty place; called twice with the same `place`, it gives the same registry; undefined:
 *   its server is not there, and the test is skipped
 */
export function registryContract(
  test: TestFn,
  name: string,
  open: (t: ExecutionContext, place: string) => Promise<RegistryBackend | undefined>,
): void {
  test(`${name}: nothing stored is nothing loaded, and an edit that changes nothing stores nothing`, async (t) => {
    const backend = await open(t, 'a');
    if (backend === undefined) return;
    t.is(await backend.load(), undefined);
    const change = await backend.change(() => 'result');
    t.like(change, { result: 'result', written: false });
    t.is(await backend.load(), undefined);
    t.is(await backend.fingerprint(), undefined);
    await backend.close();
  });

  test(`${name}: a change is stored with a new version and time, an empty one keeps them`, async (t) => {
    const backend = await open(t, 'a');
    if (backend === undefined) return;
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
    if (backend === undefined) return;
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
    if (backends[0] === undefined || backends[1] === undefined) return;
    const names = Array.from({ length: 20 }, (_, n) => `entity${String(n).padStart(2, '0')}`);
    await Promise.all(names.map((entityName, n) => backends[n % 2]!.change(putEntity(entityName))));
    t.deepEqual(entityNames(await backends[0]!.load()), names);
    for (const backend of backends) await backend?.close();
  });

  test(`${name}: with a scope, a change sees and changes what it names, and keeps all else`, async (t) => {
    const backend = await open(t, 'a');
    if (backend === undefined) return;
    await backend.change((draft) => {
      for (const entityName of ['driver', 'origin']) putEntity(entityName)(draft);
    });
    const scope = {
      project: 'demo',
      objects: ['driver', 'new'].map((entityName) => ({ collection: 'entities' as const, name: entityName })),
    };
    const { written } = await backend.change((draft) => {
      draft.entities.find((proto) => nameOf(proto) === 'driver')!.spec!.description = 'changed';
      putEntity('new')(draft);
    }, scope);
    t.true(written);
    const part = (await backend.load(scope))!;
    t.deepEqual(
      entityNames(part).filter((other) => other !== 'origin'),
      ['driver', 'new'],
    );
    const all = (await backend.load())!;
    t.deepEqual(entityNames(all), ['driver', 'new', 'origin']);
    t.is(all.entities.find((proto) => nameOf(proto) === 'driver')?.spec?.description, 'changed');

    await backend.change((draft) => removeObject(draft, 'entities', 'demo', 'driver'), scope);
    t.deepEqual(entityNames(await backend.load()), ['new', 'origin']);
    t.false((await backend.change(() => undefined, scope)).written);
    await backend.close();
  });
}
