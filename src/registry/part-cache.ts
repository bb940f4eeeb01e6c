import type { RegistryProto } from './collections.js';
import type { RegistryBackend, RegistryScope } from './registry-backend.js';
import { emptyRegistry } from './registry-bytes.js';

/** Parts of a registry that were read lately: single objects and whole lists of a project. */
export interface PartCache {
  /** @throws CodedError as RegistryBackend.load */
  load(scope: RegistryScope): Promise<RegistryProto>;
  clear(): void;
}

/** @param ttlMs how old a part may grow; 0: it never expires */
export function partCache(backend: RegistryBackend, ttlMs: number): PartCache {
  const parts = new Map<string, { readonly registry: Promise<RegistryProto>; readonly readAt: number }>();
  return {
    load(scope) {
      const key = JSON.stringify(scope);
      const known = parts.get(key);
      if (known !== undefined && (ttlMs === 0 || performance.now() - known.readAt <= ttlMs))
        return known.registry;
      const registry = backend.load(scope).then((found) => found ?? emptyRegistry());
      parts.set(key, { registry, readAt: performance.now() });
      registry.catch(() => parts.delete(key));
      return registry;
    },
    clear: () => parts.clear(),
  };
}
