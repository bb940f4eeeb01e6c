import { z } from 'zod';
import type { BackendConfig } from '../config/repo-config.js';
import { configError, parseSection } from '../config/section.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';
import {
  type DefinitionByKind,
  type DefinitionKind,
  findObject,
  KINDS,
  nameOf,
  objectsOf,
  type RegistryProto,
} from './collections.js';
import type { RegistryBackend, RegistryChange, RegistryEdit } from './registry-backend.js';
import { openBackend } from './registry-backends.js';
import { emptyRegistry } from './registry-bytes.js';
import type { ViewLeases } from './view-leases.js';

/**
 * The registered objects of all projects. Reading goes through a cache; a change always starts from what is stored.
 */
export interface Registry {
  /** whether new projects get ProjectMetadata; false for `purge_feast_metadata` */
  readonly projectMetadata: boolean;
  /** as of its backend */
  readonly leases: ViewLeases | undefined;
  /** @throws CodedError of the kind's NOT_FOUND, naming the nearest */
  get<K extends DefinitionKind>(kind: K, project: string, name: string): Promise<DefinitionByKind[K]>;
  /** in the registry's order; for kind `project`, `project` chooses nothing: all projects are listed */
  list<K extends DefinitionKind>(kind: K, project: string): Promise<DefinitionByKind[K][]>;
  /** all of it, as Feast's proto: read it, do not change it; an empty one where nothing is stored yet */
  contents(): Promise<RegistryProto>;
  change<T>(edit: RegistryEdit<T>): Promise<RegistryChange<T>>;
  /** forgets the cache */
  refresh(): void;
  close(): Promise<void>;
}

const FileRegistrySection = z.strictObject({
  path: z.string().min(1),
  registry_store_type: z.enum(['FileRegistryStore', 'file']).optional(),
  cache_ttl_seconds: z.number().min(0).default(600),
  cache_mode: z.enum(['sync', 'thread']).default('sync'),
  purge_feast_metadata: z.boolean().default(false),
  s3_additional_kwargs: z.record(z.string(), z.string()).nullish(),
  enable_online_feature_view_versioning: z.literal(false).optional(),
});

/**
 * Opens the registry that feature_store.yaml describes. Nothing is read or made yet.
 * @throws CodedError CONFIG_UNSUPPORTED, CONFIG_UNKNOWN_KEY, CONFIG_MISSING_KEY, CONFIG_INVALID_VALUE
 */
export async function openRegistry(config: BackendConfig, repoPath: string): Promise<Registry> {
  if (config.type !== 'file') {
    throw configError(
      'CONFIG_UNSUPPORTED',
      config.section,
      ['registry_type'],
      `this version has no registry of type "${config.type}"; expected "file"`,
    );
  }
  const section = parseSection(config.section, FileRegistrySection);
  const backend = await openBackend(config.section, { path: section.path, repoPath });
  return cachedRegistry(backend, {
    cacheTtlMs: section.cache_ttl_seconds * 1000,
    watchStorage: section.cache_mode === 'sync',
    projectMetadata: !section.purge_feast_metadata,
  });
}

export interface CacheOptions {
  /** how old the cache may grow; 0: it never expires. Feast: cache_ttl_seconds */
  readonly cacheTtlMs: number;
  /** also read again as soon as the storage shows that it changed. Feast: cache_mode sync */
  readonly watchStorage: boolean;
  readonly projectMetadata: boolean;
}

interface Cached {
  readonly registry: RegistryProto;
  readonly fingerprint: string | undefined;
  readonly readAt: number;
}

/** A registry over any backend. */
export function cachedRegistry(backend: RegistryBackend, options: CacheOptions): Registry {
  let cached: Cached | undefined;
  const definitions = new WeakMap<object, DefinitionByKind[DefinitionKind]>();

  async function contents(): Promise<RegistryProto> {
    const fingerprint = options.watchStorage ? await backend.fingerprint() : undefined;
    const isExpired =
      options.cacheTtlMs > 0 &&
      cached !== undefined &&
      performance.now() - cached.readAt > options.cacheTtlMs;
    if (cached === undefined || isExpired || cached.fingerprint !== fingerprint) {
      const registry = (await backend.load()) ?? emptyRegistry();
      cached = { registry, fingerprint, readAt: performance.now() };
    }
    return cached.registry;
  }

  function decode<K extends DefinitionKind>(kind: K, proto: object): DefinitionByKind[K] {
    let definition = definitions.get(proto);
    if (definition === undefined) {
      definition = KINDS[kind].decode(proto as never);
      definitions.set(proto, definition);
    }
    return definition as DefinitionByKind[K];
  }

  return {
    projectMetadata: options.projectMetadata,
    leases: backend.leases,
    contents,
    async get(kind, project, name) {
      const { collection, label, notFound } = KINDS[kind];
      const registry = await contents();
      const found = findObject(registry, collection, project, name);
      if (found !== undefined) return decode(kind, found);
      const names = (kind === 'project' ? registry.projects : objectsOf(registry, collection, project)).map(
        nameOf,
      );
      const place = kind === 'project' ? 'the registry' : `project "${project}"`;
      throw new CodedError(notFound, `${place} has no ${label} "${name}".${didYouMean(name, names)}`);
    },
    async list(kind, project) {
      const registry = await contents();
      const found =
        kind === 'project' ? registry.projects : objectsOf(registry, KINDS[kind].collection, project);
      return found.map((proto) => decode(kind, proto));
    },
    async change(edit) {
      try {
        return await backend.change(edit);
      } finally {
        cached = undefined;
      }
    },
    refresh() {
      cached = undefined;
    },
    close: () => backend.close(),
  };
}
