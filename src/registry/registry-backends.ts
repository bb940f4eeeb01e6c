import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { BackendConfig } from '../config/repo-config.js';
import { type ConfigSection, configError, parseSection } from '../config/section.js';
import type { RegistryBackend } from './registry-backend.js';
import type { CacheOptions } from './registry-cache.js';

/** Where a registry that is one object lies. */
interface ObjectPlace {
  readonly path: string;
  readonly repoPath: string;
  /** added to every write to S3 */
  readonly s3Arguments: Readonly<Record<string, string>>;
  fault(message: string): Error;
}

/** `bucket/key` of `s3://bucket/key`. */
function bucketAndKey({ path, fault }: ObjectPlace): { bucket: string; key: string } {
  const [, scheme, bucket, key] = /^(\w+):\/\/([^/]+)\/(.*[^/])$/.exec(path) ?? [];
  if (bucket === undefined || key === undefined) {
    throw fault(`"${path}": expected ${scheme ?? path.split(':')[0]}://bucket/path/of/registry.pb`);
  }
  return { bucket, key };
}

/** Every storage of a registry of type `file`, by where the path points; its file is loaded when it is asked for. */
const STORAGES: Readonly<Record<string, (place: ObjectPlace) => Promise<RegistryBackend>>> = {
  async file({ path, repoPath }) {
    const { openFileRegistry } = await import('./file-registry.js');
    const local = path.startsWith('file://') ? fileURLToPath(path) : path;
    return openFileRegistry(isAbsolute(local) ? local : join(repoPath, local));
  },
  async s3(place) {
    const { openS3Registry } = await import('./s3-registry.js');
    return openS3Registry({ ...bucketAndKey(place), additionalArguments: place.s3Arguments });
  },
  async gs(place) {
    const { openGcsRegistry } = await import('./gcs-registry.js');
    return openGcsRegistry(bucketAndKey(place));
  },
  async az({ path, fault }) {
    const { openAzureRegistry } = await import('./azure-registry.js');
    return openAzureRegistry(path, fault);
  },
};

/** Feast: registry.py:64-77. The class decides before the path does. */
const STORE_TYPES: Readonly<Record<string, keyof typeof STORAGES>> = {
  FileRegistryStore: 'file',
  file: 'file',
  S3RegistryStore: 's3',
  GCSRegistryStore: 'gs',
  AzureRegistryStore: 'az',
};

const cacheKeys = {
  cache_ttl_seconds: z.number().min(0).default(600),
  cache_mode: z.enum(['sync', 'thread']).default('sync'),
  purge_feast_metadata: z.boolean().default(false),
};

const FileSection = z.strictObject({
  path: z.string().min(1),
  registry_store_type: z.enum(Object.keys(STORE_TYPES)).optional(),
  s3_additional_kwargs: z.record(z.string(), z.string()).nullish(),
  enable_online_feature_view_versioning: z.literal(false).optional(),
  ...cacheKeys,
});

const MemorySection = z.strictObject({ path: z.string().min(1).optional(), ...cacheKeys });

/** What the keys that all types share say. */
interface CommonOptions extends Pick<CacheOptions, 'cacheTtlMs' | 'cacheMode'> {
  /** false for `purge_feast_metadata` */
  readonly projectMetadata: boolean;
}

export interface OpenedBackend extends CommonOptions {
  readonly backend: RegistryBackend;
}

/** Every type of registry there is. */
const TYPES: Readonly<Record<string, (section: ConfigSection, repoPath: string) => Promise<OpenedBackend>>> =
  {
    async file(section, repoPath) {
      const values = parseSection(section, FileSection);
      return { backend: await openStorage(section, values, repoPath), ...optionsOf(values) };
    },
    async sql(section, repoPath) {
      const { openConfiguredSqlRegistry } = await import('./sql/open-sql-registry.js');
      return openConfiguredSqlRegistry(section, repoPath);
    },
    async memory(section) {
      const values = parseSection(section, MemorySection);
      const { openMemoryRegistry } = await import('./memory-registry.js');
      return { backend: openMemoryRegistry(values.path), ...optionsOf(values) };
    },
  };

/**
 * Opens the backend that the registry's section of feature_store.yaml describes.
 * @throws CodedError CONFIG_*
 */
export function openBackend({ type, section }: BackendConfig, repoPath: string): Promise<OpenedBackend> {
  const open = TYPES[type];
  if (open !== undefined) return open(section, repoPath);
  throw configError(
    'CONFIG_UNSUPPORTED',
    section,
    ['registry_type'],
    `this version has no registry of type "${type}"; there are: ${Object.keys(TYPES).join(', ')}`,
  );
}

/** Feast: registry.py:79-172; a path without a scheme, or with `file`, or with a Windows drive, is a local file. */
function openStorage(
  section: ConfigSection,
  values: z.infer<typeof FileSection>,
  repoPath: string,
): Promise<RegistryBackend> {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):\/\//.exec(values.path)?.[1]?.toLowerCase() ?? 'file';
  const open = STORAGES[STORE_TYPES[values.registry_store_type ?? ''] ?? scheme];
  if (open === undefined) {
    const reason = scheme.startsWith('http')
      ? 'a URL needs "registry_store_type: AzureRegistryStore"'
      : `this version keeps registries in ${Object.keys(STORAGES).join(', ')}, not in ${scheme}`;
    throw configError('CONFIG_UNSUPPORTED', section, ['path'], `${scheme}://…: ${reason}`);
  }
  return open({
    path: values.path,
    repoPath,
    s3Arguments: values.s3_additional_kwargs ?? {},
    fault: (message) => configError('CONFIG_INVALID_VALUE', section, ['path'], message),
  });
}

function optionsOf(values: z.infer<typeof MemorySection>): CommonOptions {
  return {
    cacheTtlMs: values.cache_ttl_seconds * 1000,
    cacheMode: values.cache_mode,
    projectMetadata: !values.purge_feast_metadata,
  };
}
