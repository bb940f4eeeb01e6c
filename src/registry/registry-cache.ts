import { messageOf } from '../shared/errors.js';
import type { Logger } from '../shared/logger.js';
import type { RegistryProto } from './collections.js';
import type { RegistryBackend, RegistryChange, RegistryEdit, RegistryScope } from './registry-backend.js';
import { emptyRegistry } from './registry-bytes.js';

/** Time and waiting of a cache, injected so that tests can hold them. */
export interface CacheClock {
  /** milliseconds that only grow */
  now(): number;
  /** calls `wake` once, `ms` milliseconds from now; returns what calls it off */
  after(ms: number, wake: () => void): () => void;
}

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
  contents(): Promise<RegistryProto>;
  change<T>(edit: RegistryEdit<T>, scope?: RegistryScope): Promise<RegistryChange<T>>;
  refresh(): void;
  close(): Promise<void>;
}

interface Cached {
  readonly registry: RegistryProto;
  /** the storage's when `registry` was read; null: it was not asked for */
  readonly fingerprint: string | undefined | null;
}

const systemClock: CacheClock = {
  now: () => performance.now(),
  after(ms, wake) {
    const timer = setTimeout(wake, ms).unref();
    return () => clearTimeout(timer);
  },
};

const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 60_000;
/** what setTimeout can hold */
const TIMER_MAX_MS = 2 ** 31 - 1;

/**
 * Keeps what was read of a backend. Readers wait for a load only where there is nothing to give them; whoever comes
 * while one is under way shares it. An expired cache is refreshed in the background, for one cheap request where
 * nothing changed; readers get the old contents meanwhile, and also when the refresh fails, which is logged and
 * tried again. A change never starts from the cache, and readers of this cache see it at once.
 */
export function cacheRegistry(backend: RegistryBackend, options: CacheOptions): RegistryCache {
  const { cacheTtlMs, cacheMode, log, clock = systemClock } = options;
  const isWatched = cacheMode === 'sync' && backend.isLocal === true;
  let cached: Cached | undefined;
  let loading: { readonly fingerprint: Cached['fingerprint']; readonly done: Promise<Cached> } | undefined;
  // a load that began before the last change, or before `refresh`, must not be kept: it may show less
  let generation = 0;
  let expiresAt = Number.POSITIVE_INFINITY;
  let isRefreshing = false;
  let failures = 0;
  let cancelTimer = () => {};

  function keep(next: Cached): void {
    cached = next;
    failures = 0;
    expire(cacheTtlMs);
  }

  function expire(ms: number): void {
    if (cacheTtlMs === 0) return;
    expiresAt = clock.now() + ms;
    cancelTimer();
    if (cacheMode === 'thread') cancelTimer = clock.after(Math.min(ms, TIMER_MAX_MS), startRefresh);
  }

  function forget(): void {
    cached = undefined;
    loading = undefined;
    generation++;
    cancelTimer();
  }

  function load(fingerprint: Cached['fingerprint']): Promise<Cached> {
    if (loading !== undefined && loading.fingerprint === fingerprint) return loading.done;
    const begun = generation;
    const done = backend
      .load()
      .then((registry) => {
        const next = { registry: registry ?? emptyRegistry(), fingerprint };
        if (begun === generation) keep(next);
        return next;
      })
      .finally(() => {
        if (loading?.done === done) loading = undefined;
      });
    loading = { fingerprint, done };
    return done;
  }

  function startRefresh(): void {
    if (isRefreshing) return;
    isRefreshing = true;
    const begun = generation;
    refreshContents(begun)
      .catch((error) => {
        if (begun !== generation) return;
        const pause = Math.min(RETRY_MIN_MS * 2 ** failures++, RETRY_MAX_MS, cacheTtlMs);
        log.warn(
          `the registry could not be refreshed, the one read before stays in use: ${messageOf(error)}`,
        );
        expire(pause);
      })
      .finally(() => {
        isRefreshing = false;
      });
  }

  async function refreshContents(begun: number): Promise<void> {
    const fingerprint = await backend.fingerprint();
    if (begun !== generation || cached === undefined) return;
    if (cached.fingerprint === fingerprint) keep(cached);
    else await load(fingerprint);
  }

  return {
    async contents() {
      const fingerprint = isWatched ? await backend.fingerprint() : null;
      if (cached === undefined || (isWatched && cached.fingerprint !== fingerprint)) {
        return (await load(fingerprint)).registry;
      }
      if (clock.now() >= expiresAt) startRefresh();
      return cached.registry;
    },
    async change(edit, scope) {
      const before = cached;
      try {
        const change = await backend.change(edit, scope);
        // where something was kept meanwhile, it may be older or newer than this change
        const isLatest = cached === before;
        const isWhole = scope === undefined || !backend.readsParts;
        forget();
        if (isLatest && isWhole) keep({ registry: change.registry, fingerprint: null });
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
