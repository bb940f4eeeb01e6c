import type { Logger } from '../shared/logger.js';
import { type CacheCell, type CacheClock, createCell, systemClock } from './cache-cell.js';
import type { RegistryProto } from './collections.js';
import type { RegistryBackend, RegistryChange, RegistryEdit, RegistryScope } from './registry-backend.js';
import { emptyRegistry } from './registry-bytes.js';

export interface CacheOptions {
  /** how old the cache may grow before it is refreshed; 0: it never expires. Feast: cache_ttl_seconds */
  readonly cacheTtlMs: number;
  /**
   * `sync`: a reader who finds the cache expired starts a refresh, and storage on this machine is read again as soon
   * as it shows a change. `thread`: a timer refreshes, readers check nothing. Feast: cache_mode
   */
  readonly cacheMode: 'sync' | 'thread';
  /** hears of refreshes that failed */
  readonly log: Logger;
  readonly clock?: CacheClock;
}

export interface RegistryCache {
  /** @param scope what is needed at least; undefined: everything */
  contents(scope?: RegistryScope): Promise<RegistryProto>;
  change<T>(edit: RegistryEdit<T>, scope?: RegistryScope): Promise<RegistryChange<T>>;
  refresh(): void;
  close(): Promise<void>;
}

/** Names that nobody registered can be asked for without end. */
const MAX_PARTS = 20_000;

/**
 * Keeps what was read of a backend: all of it, or the parts that were asked for where the backend reads parts. A
 * change never starts from what is kept, and readers of this cache see it at once.
 */
export function cacheRegistry(backend: RegistryBackend, options: CacheOptions): RegistryCache {
  const { cacheTtlMs, cacheMode, log, clock = systemClock } = options;

  function cellOf(scope: RegistryScope | undefined): CacheCell {
    return createCell({
      load: async () => (await backend.load(scope)) ?? emptyRegistry(),
      fingerprint: () => backend.fingerprint(),
      isWatched: cacheMode === 'sync' && backend.isLocal === true,
      // thousands of parts are not refreshed unless somebody reads them
      byTimer: cacheMode === 'thread' && scope === undefined,
      ttlMs: cacheTtlMs,
      log,
      clock,
    });
  }

  const whole = cellOf(undefined);
  const parts = new Map<string, CacheCell>();

  function partOf(scope: RegistryScope): CacheCell {
    const key = JSON.stringify(scope);
    const part = parts.get(key) ?? cellOf(scope);
    if (!parts.has(key) && parts.size === MAX_PARTS) parts.delete(parts.keys().next().value!);
    parts.set(key, part);
    return part;
  }

  function forget(): void {
    whole.forget();
    for (const part of parts.values()) part.forget();
    parts.clear();
  }

  return {
    contents: (scope) => (scope === undefined || !backend.readsParts ? whole : partOf(scope)).read(),
    async change(edit, scope) {
      const before = whole.current();
      try {
        const change = await backend.change(edit, scope);
        // what was kept meanwhile may be older or newer than this change: then neither is
        const isLatest = whole.current() === before;
        forget();
        if (isLatest && (scope === undefined || !backend.readsParts)) whole.put(change.registry);
        return change;
      } catch (error) {
        forget();
        throw error;
      }
    },
    refresh: forget,
    async close() {
      forget();
      await backend.close();
    },
  };
}
