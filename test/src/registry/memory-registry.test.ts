import { randomUUID } from 'node:crypto';
import test from 'ava';
import { openMemoryRegistry } from '../../../src/registry/memory-registry.js';
import { entityNames, putEntity, registryContract } from '../../contracts/registry.js';

const names = new WeakMap<object, string>();

registryContract(test, 'memory', async (t, place) => {
  const name = names.get(t) ?? randomUUID();
  names.set(t, name);
  return openMemoryRegistry(`${name} ${place}`);
});

test('without a name it is the caller’s own, and what was loaded can be edited without harm', async (t) => {
  const one = openMemoryRegistry();
  await one.change(putEntity('driver'));
  t.is(await openMemoryRegistry().load(), undefined);
  (await one.load())!.entities.pop();
  t.deepEqual(entityNames(await one.load()), ['driver']);
});
