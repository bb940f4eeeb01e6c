import type { BackendConfig, RepoConfig } from '../config/repo-config.js';
import { configError } from '../config/section.js';
import type { OfflineStore } from './offline-store.js';

type Open = (config: BackendConfig, repoPath: string) => Promise<OfflineStore>;

const openDuckDB: Open = async (config, repoPath) =>
  (await import('./duckdb/duckdb-store.js')).openDuckDBStore(config, repoPath);

/** Every offline store by its `type` in feature_store.yaml; all of Feast's types for local files are one store. */
const OFFLINE_STORES: Readonly<Record<string, Open>> = {
  dask: openDuckDB,
  duckdb: openDuckDB,
  file: openDuckDB,
};

/** Opens the offline store of a repository. @throws CodedError CONFIG_UNSUPPORTED and what the store throws */
export async function openOfflineStore(config: RepoConfig): Promise<OfflineStore> {
  const { type, section } = config.offlineStore;
  const open = OFFLINE_STORES[type];
  if (open === undefined) {
    const known = Object.keys(OFFLINE_STORES).join(', ');
    throw configError(
      'CONFIG_UNSUPPORTED',
      section,
      ['type'],
      `no offline store "${type}"; there are: ${known}`,
    );
  }
  return open(config.offlineStore, config.repoPath);
}
