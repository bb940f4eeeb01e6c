import { randomUUID } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { openFileRegistry } from '../../../src/registry/file-registry.js';
import type { RegistryBackend } from '../../../src/registry/index.js';
import { openMemoryRegistry } from '../../../src/registry/memory-registry.js';
import { decodeRegistry, encodeRegistry } from '../../../src/registry/registry-bytes.js';
import { copyRegistry } from '../../../src/registry/registry-copy.js';
import { entityNames, putEntity } from '../../contracts/registry.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';

const GOLDEN = fixturePath('golden', 'registry_materialized.pb');
const names = { from: 'here', to: 'there' };

/** The golden registry with a field that no version of this package knows. */
function goldenWithUnknown(folder: string): string {
  const path = join(folder, 'source.db');
  // field 77, a text
  writeFileSync(
    path,
    Buffer.concat([readFileSync(GOLDEN), Buffer.from([0xea, 0x04, 0x03, 0x61, 0x62, 0x63])]),
  );
  return path;
}

test('all that Python wrote is copied, with its history and fields nobody here knows', async (t) => {
  const folder = temporaryFolder(t);
  const source = openFileRegistry(goldenWithUnknown(folder));
  const target = openMemoryRegistry();
  const { copied, replaced } = await copyRegistry(source, target, { ...names, force: false });
  t.like(copied, { projects: 1, entities: 4, featureViews: 6 });
  t.true(copied.featureViewVersions! > 0);
  t.deepEqual(replaced, {});

  const [from, to] = [await source.load(), await target.load()].map((registry) => {
    const same = decodeRegistry(encodeRegistry(registry!), 'x');
    same.versionId = '';
    same.lastUpdated = null;
    return Buffer.from(encodeRegistry(same));
  });
  t.true(from!.equals(to!));
  t.true(from!.includes('abc'));
});

test('there and back again, the bytes are the same but for version and time', async (t) => {
  const folder = temporaryFolder(t);
  const back = openFileRegistry(join(folder, 'back.db'));
  const middle = openMemoryRegistry();
  const source = openFileRegistry(goldenWithUnknown(folder));
  await copyRegistry(source, middle, { ...names, force: false });
  await copyRegistry(middle, back, { ...names, force: false });
  const { copied } = await copyRegistry(source, middle, { ...names, force: true });
  t.deepEqual((await copyRegistry(back, middle, { ...names, force: true })).replaced, copied);
});

test('a target that holds something is replaced by force only; one that is no registry never', async (t) => {
  const folder = temporaryFolder(t);
  const source = openFileRegistry(GOLDEN);
  const target = openMemoryRegistry();
  await target.change(putEntity('theirs'));
  await t.throwsAsync(copyRegistry(source, target, { ...names, force: false }), {
    code: 'REGISTRY_NOT_EMPTY',
    message: /^there holds a registry already \(entities 1\)/,
  });
  t.deepEqual(entityNames(await target.load()), ['theirs']);
  const { replaced } = await copyRegistry(source, target, { ...names, force: true });
  t.deepEqual(replaced, { entities: 1 });
  t.is((await target.load())!.entities.length, 4);

  const foreign = join(folder, 'photo.png');
  writeFileSync(foreign, 'not a registry');
  await t.throwsAsync(copyRegistry(source, openFileRegistry(foreign), { ...names, force: true }), {
    code: 'REGISTRY_CORRUPT',
  });
  t.is(readFileSync(foreign, 'utf8'), 'not a registry');
});

test('what is not there cannot be copied, and an empty target stays empty', async (t) => {
  const target = openMemoryRegistry();
  await t.throwsAsync(copyRegistry(openMemoryRegistry(), target, { ...names, force: true }), {
    code: 'REGISTRY_NOT_FOUND',
  });
  t.is(await target.load(), undefined);
});

test('a target that gives back something else is an error, and gets back what it had', async (t) => {
  const inner = openMemoryRegistry(randomUUID());
  await inner.change(putEntity('theirs'));
  let loads = 0;
  const forgetful: RegistryBackend = {
    ...inner,
    async load() {
      const registry = await inner.load();
      if (loads++ === 0) registry!.featureViews.pop();
      return registry;
    },
  };
  await t.throwsAsync(copyRegistry(openFileRegistry(GOLDEN), forgetful, { ...names, force: true }), {
    code: 'REGISTRY_COPY_DIFFERS',
    message: /featureViews demo\/\w+ is missing.*put back$/,
  });
  t.deepEqual(entityNames(await inner.load()), ['theirs']);
});

test('a registry that is copied onto itself is as it was', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'registry.db');
  cpSync(GOLDEN, path);
  await copyRegistry(openFileRegistry(path), openFileRegistry(path), { ...names, force: true });
  t.is((await openFileRegistry(path).load())!.entities.length, 4);
});
