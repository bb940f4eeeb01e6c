import test from 'ava';
import type { RepoConfig } from '../../src/config/repo-config.js';
import { sectionOf } from '../../src/config/section.js';
import { openOfflineStore } from '../../src/offline/offline-stores.js';
import { openOnlineStore } from '../../src/online/online-stores.js';
import { temporaryFolder } from '../helpers/fixtures.js';

function config(repoPath: string, online: string | null, offline: string): RepoConfig {
  const backend = (type: string, path: string) => ({ type, section: sectionOf({}, path) });
  return {
    repoPath,
    project: 'demo',
    projectDescription: '',
    provider: 'local',
    registry: backend('file', 'registry'),
    onlineStore: online === null ? null : backend(online, 'online_store'),
    offlineStore: backend(offline, 'offline_store'),
    entityKeySerializationVersion: 3,
    ignored: [],
  };
}

test('backends open by their type', async (t) => {
  const folder = temporaryFolder(t);
  for (const type of ['file', 'dask', 'duckdb']) {
    const store = await openOfflineStore(config(folder, null, type));
    t.is(store.name, 'duckdb');
    await store.close();
  }
  const online = await openOnlineStore(config(folder, 'sqlite', 'file'));
  t.is(online?.name, 'sqlite');
  await online?.close();
  t.is(await openOnlineStore(config(folder, null, 'file')), undefined);
});

test('an unknown type is an error that lists what there is', async (t) => {
  const folder = temporaryFolder(t);
  await t.throwsAsync(openOnlineStore(config(folder, 'cassandra', 'file')), {
    code: 'CONFIG_UNSUPPORTED',
    message: /online_store\.type: no online store "cassandra"; there are: .*sqlite/,
  });
  await t.throwsAsync(openOfflineStore(config(folder, 'sqlite', 'bigquery')), {
    code: 'CONFIG_UNSUPPORTED',
    message: /offline_store\.type: no offline store "bigquery"; there are: dask, duckdb, file/,
  });
});
