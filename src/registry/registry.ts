import type { BackendConfig } from '../config/repo-config.js';
import { CodedError } from '../shared/errors.js';
import { createLogger, type Logger } from '../shared/logger.js';
import { didYouMean } from '../shared/nearest.js';
import type { AuditLog } from './audit.js';
import { type Collection, nameOf, type RegistryProto } from './collections.js';
import { type DefinitionByKind, type DefinitionKind, KINDS } from './kinds.js';
import type { RegistryBackend, RegistryChange, RegistryEdit, RegistryScope } from './registry-backend.js';
import { openBackend } from './registry-backends.js';
import { type CacheOptions, cacheRegistry } from './registry-cache.js';
import { lookUpObject, lookUpObjects } from './registry-index.js';
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
  /** @param scope all that the edit reads and changes; undefined: it may be anything */
  change<T>(edit: RegistryEdit<T>, scope?: RegistryScope): Promise<RegistryChange<T>>;
  /** who changed what; undefined: the backend keeps no history */
  readonly audit: AuditLog | undefined;
  /** forgets the cache */
  refresh(): void;
  close(): Promise<void>;
}

/**
 * Opens the registry that feature_store.yaml describes. Nothing is read or made yet.
 * @param log hears of refreshes of the cache that failed; default: standard error
 * @throws CodedError CONFIG_UNSUPPORTED, CONFIG_UNKNOWN_KEY, CONFIG_MISSING_KEY, CONFIG_INVALID_VALUE
 */
export async function openRegistry(
  config: BackendConfig,
  repoPath: string,
  log: Logger = createLogger({ level: 'warn' }),
): Promise<Registry> {
  const { backend, ...options } = await openBackend(config, repoPath);
  return cachedRegistry(backend, { ...options, log });
}

export interface RegistryOptions extends CacheOptions {
  readonly projectMetadata: boolean;
}

/** A registry over any backend. */
export function cachedRegistry(backend: RegistryBackend, options: RegistryOptions): Registry {
  const cache = cacheRegistry(backend, options);
  const definitions = new WeakMap<object, DefinitionByKind[DefinitionKind]>();

  function decode<K extends DefinitionKind>(kind: K, proto: object): DefinitionByKind[K] {
    let definition = definitions.get(proto);
    if (definition === undefined) {
      definition = KINDS[kind].decode(proto as never);
      definitions.set(proto, definition);
    }
    return definition as DefinitionByKind[K];
  }

  /** All of the registry, or at least the named part of it. The list of projects belongs to no project. */
  function read(collection: Collection, project: string, name?: string): Promise<RegistryProto> {
    if (collection === 'projects' && name === undefined) return cache.contents();
    return cache.contents({ project, objects: [name === undefined ? { collection } : { collection, name }] });
  }

  async function protosOf(kind: DefinitionKind, project: string): Promise<readonly object[]> {
    const { collection } = KINDS[kind];
    const registry = await read(collection, project);
    return kind === 'project' ? registry.projects : lookUpObjects(registry, collection, project);
  }

  return {
    projectMetadata: options.projectMetadata,
    leases: backend.leases,
    audit: backend.audit,
    contents: () => cache.contents(),
    async get(kind, project, name) {
      const { collection, label, notFound } = KINDS[kind];
      const found = lookUpObject(await read(collection, project, name), collection, project, name);
      if (found !== undefined) return decode(kind, found);
      const names = (await protosOf(kind, project)).map(nameOf);
      const place = kind === 'project' ? 'the registry' : `project "${project}"`;
      throw new CodedError(notFound, `${place} has no ${label} "${name}".${didYouMean(name, names)}`);
    },
    async list(kind, project) {
      return (await protosOf(kind, project)).map((proto) => decode(kind, proto));
    },
    change: cache.change,
    refresh: cache.refresh,
    close: cache.close,
  };
}
