import type { BackendConfig, RepoConfig } from '../config/repo-config.js';
import { configError } from '../config/section.js';
import type { OnlineStore } from './online-store.js';

type Open = (config: BackendConfig, repoPath: string) => Promise<OnlineStore>;

const openSqlite: Open = async (config, repoPath) =>
  (await import('./sqlite/sqlite-store.js')).openSqliteStore(config, repoPath);

const openMysql: Open = async (config) => (await import('./mysql/mysql-store.js')).openMysqlStore(config);

const openPostgres: Open = async (config, repoPath) =>
  (await import('./postgres/postgres-store.js')).openPostgresStore(config, repoPath);

const openRedis: Open = async (config, repoPath) =>
  (await import('./redis/redis-store.js')).openRedisStore(config, repoPath);

/** Every online store by its `type` in feature_store.yaml. */
const ONLINE_STORES: Readonly<Record<string, Open>> = {
  mysql: openMysql,
  postgres: openPostgres,
  redis: openRedis,
  sqlite: openSqlite,
};

/**
 * Opens the online store of a repository; undefined when it has none.
 * @throws CodedError CONFIG_UNSUPPORTED and what the store throws
 */
export async function openOnlineStore(config: RepoConfig): Promise<OnlineStore | undefined> {
  if (config.onlineStore === null) return undefined;
  const { type, section } = config.onlineStore;
  const open = ONLINE_STORES[type];
  if (open === undefined) {
    const known = Object.keys(ONLINE_STORES).join(', ');
    throw configError(
      'CONFIG_UNSUPPORTED',
      section,
      ['type'],
      `no online store "${type}"; there are: ${known}`,
    );
  }
  return open(config.onlineStore, config.repoPath);
}
