import { z } from 'zod';
import { type ConfigSection, parseSection } from '../../config/section.js';
import type { RegistryBackend } from '../registry-backend.js';
import { openSqlRegistry } from './sql-registry.js';
import { parseDatabaseUrl } from './sql-url.js';

/** Feast: sql.py, SqlRegistryConfig. */
const SqlRegistrySection = z.strictObject({
  path: z.string().min(1),
  read_path: z.string().min(1).nullish(),
  cache_ttl_seconds: z.number().min(0).default(600),
  cache_mode: z.enum(['sync', 'thread']).default('sync'),
  schema_mode: z.enum(['auto', 'verify', 'skip']).default('auto'),
  purge_feast_metadata: z.boolean().default(false),
  // of SQLAlchemy's arguments the size of the pool means something here; the others are Python's
  sqlalchemy_config_kwargs: z.looseObject({ pool_size: z.number().int().positive().optional() }).default({}),
  thread_pool_executor_worker_count: z.number().int().min(0).optional(),
  enable_online_feature_view_versioning: z.literal(false).optional(),
});

/** SQLAlchemy's own default. */
const POOL_SIZE = 5;

/**
 * Opens the registry that a section with `registry_type: sql` describes. Nothing is connected yet.
 * @throws CodedError CONFIG_UNSUPPORTED, CONFIG_UNKNOWN_KEY, CONFIG_MISSING_KEY, CONFIG_INVALID_VALUE
 */
export function openConfiguredSqlRegistry(
  section: ConfigSection,
  repoPath: string,
): {
  readonly backend: RegistryBackend;
  readonly cacheTtlMs: number;
  readonly cacheMode: 'sync' | 'thread';
  readonly projectMetadata: boolean;
} {
  const values = parseSection(section, SqlRegistrySection);
  const { path, read_path: readPath } = values;
  const backend = openSqlRegistry({
    database: parseDatabaseUrl(path, section, 'path', repoPath),
    readDatabase: readPath ? parseDatabaseUrl(readPath, section, 'read_path', repoPath) : undefined,
    schemaMode: values.schema_mode,
    poolSize: values.sqlalchemy_config_kwargs.pool_size ?? POOL_SIZE,
  });
  return {
    backend,
    cacheTtlMs: values.cache_ttl_seconds * 1000,
    cacheMode: values.cache_mode,
    projectMetadata: !values.purge_feast_metadata,
  };
}
