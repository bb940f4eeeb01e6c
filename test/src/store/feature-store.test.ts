import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { FeatureStore } from '../../../src/index.js';
import { openMemoryRegistry } from '../../../src/registry/memory-registry.js';
import { putEntity } from '../../contracts/registry.js';
import { temporaryFolder } from '../../helpers/fixtures.js';

test('a store from configuration in code, with a registry in memory that others share by its name', async (t) => {
  const name = randomUUID();
  const store = new FeatureStore({
    config: {
      project: 'demo',
      registry: { registry_type: 'memory', path: name },
      online_store: null,
      offline_store: { type: 'file' },
    },
  });
  t.is(store.project, 'demo');
  t.deepEqual(await store.list('entity'), []);
  await openMemoryRegistry(name).change(putEntity('driver'));
  t.is((await store.get('entity', 'driver')).joinKey, 'driver');
  await store.close();
  t.is((await store.list('entity')).length, 1, 'a closed store opens its registry anew');
  await store.close();
});

test('the configurations that repositories on object stores have are accepted as they are', async (t) => {
  const registries = [
    's3://bucket/feature-store/registry.pb',
    { path: 'gs://bucket/registry.pb', cache_ttl_seconds: 60 },
    { path: 's3://bucket/registry.pb', s3_additional_kwargs: { ServerSideEncryption: 'aws:kms' } },
    {
      registry_store_type: 'AzureRegistryStore',
      path: 'https://account.blob.core.windows.net/container/registry.pb?sv=1&sig=c2VjcmV0',
      cache_mode: 'thread',
    },
    { registry_type: 'sql', path: 'postgresql://user:secret@host/feast', cache_ttl_seconds: 60 },
  ];
  for (const registry of registries) {
    const config = { project: 'demo', provider: 'local', registry, online_store: null };
    const store = await FeatureStore.open({ ...config, offline_store: { type: 'file' } });
    t.notRegex(JSON.stringify(store.describeConfiguration()), /secret|c2VjcmV0/);
    await store.close();
  }
});

test('a wrong section of the registry is an error of open at once, of a constructed store at first use', async (t) => {
  const config = { project: 'demo', registry: { path: 's3://bucket', cache_ttl: 1 } };
  await t.throwsAsync(FeatureStore.open(config), { code: 'CONFIG_UNKNOWN_KEY' });
  const store = new FeatureStore({ config });
  await t.throwsAsync(store.list('entity'), { code: 'CONFIG_UNKNOWN_KEY' });
  await store.close();
  t.throws(() => new FeatureStore({ config: { registry: 'x' } }), { code: 'CONFIG_MISSING_KEY' });
});

test('a folder can be given to the constructor too', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'feature_store.yaml'), 'project: demo\nregistry: data/registry.db\n');
  const store = new FeatureStore({ config: folder });
  t.deepEqual(await store.list('project'), []);
  await store.close();
  t.false(existsSync(join(folder, 'data')));
});
