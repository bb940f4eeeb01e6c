import { messageOf } from '../shared/errors.js';
import type { Logger } from '../shared/logger.js';
import type { RegistryProto } from './collections.js';

/** Time and waiting of a cache, injected so that tests can hold them. */
export interface CacheClock {
  /** milliseconds that only grow */
  now(): number;
  /** calls `wake` once, `ms` milliseconds from now; returns what calls it off */
  after(ms: number, wake: () => void): () => void;
}

export const systemClock: CacheClock = {
  now: () => performance.now(),
  after(ms, wake) {
    const timer = setTimeout(wake, ms).unref();
    return () => clearTimeout(timer);
  },
};

export interface CellOptions {
  load(): Promise<RegistryProto>;
  /** as RegistryBackend.fingerprint */
  fingerprint(): Promise<string | undefined>;
  /** the fingerprint is asked for before every read */
  readonly isWatched: boolean;
  /** refresh when the time is over, whether anybody reads or not */
  readonly byTimer: boolean;
  /** how old the contents may grow before they are refreshed; 0: they never expire */
  readonly ttlMs: number;
  /** hears of refreshes that failed */
  readonly log: Logger;
  readonly clock: CacheClock;
}

/** What was read of a registry, or of a part of it. */
export interface CacheCell {
  read(): Promise<RegistryProto>;
  /** what is kept; undefined: nothing */
  current(): RegistryProto | undefined;
  put(registry: RegistryProto): void;
  /** what is being loaded at this moment is not kept either */
  forget(): void;
}

interface Cached {
  readonly registry: RegistryProto;
  /** the storage's when `registry` was read; null: it was not asked for */
  readonly fingerprint: string | undefined | null;
}

const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 60_000;
/** what setTimeout can hold */
const TIMER_MAX_MS = 2 ** 31 - 1;

/**
 * Readers wait for a load only where there is nothing to give them, or where the storage is watched and changed;
 * whoever comes while one is under way shares it. Expired contents are refreshed in the background, for one cheap
 * request where nothing changed; readers get the old ones meanwhile, and also when the refresh fails, which is logged
 * and tried again.
 */
export function createCell(options: CellOptions): CacheCell {
  const { isWatched, byTimer, ttlMs, log, clock } = options;
  let cached: Cached | undefined;
  let loading: { readonly fingerprint: Cached['fingerprint']; readonly done: Promise<Cached> } | undefined;
  let generation = 0;
  let expiresAt = Number.POSITIVE_INFINITY;
  let isRefreshing = false;
  let failures = 0;
  let cancelTimer = () => {};

  function keep(next: Cached): void {
    cached = next;
    failures = 0;
    expireIn(ttlMs);
  }

  function expireIn(ms: number): void {
    if (ttlMs === 0) return;
    expiresAt = clock.now() + ms;
    cancelTimer();
    if (byTimer) cancelTimer = clock.after(Math.min(ms, TIMER_MAX_MS), startRefresh);
  }

  function load(fingerprint: Cached['fingerprint']): Promise<Cached> {
    if (loading !== undefined && loading.fingerprint === fingerprint) return loading.done;
    const begun = generation;
    const done = options
      .load()
      .then((registry) => {
        const next = { registry, fingerprint };
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
    refresh(begun)
      .catch((error) => {
        // where all was forgotten meanwhile, the next reader loads and hears of it
        if (begun !== generation) return;
        log.warn(
          `the registry could not be refreshed, what was read before stays in use: ${messageOf(error)}`,
        );
        expireIn(Math.min(RETRY_MIN_MS * 2 ** failures++, RETRY_MAX_MS, ttlMs));
      })
      .finally(() => {
        isRefreshing = false;
      });
  }

  async function refresh(begun: number): Promise<void> {
    const fingerprint = await options.fingerprint();
    if (begun !== generation || cached === undefined) return;
    if (cached.fingerprint === fingerprint) keep(cached);
    else await load(fingerprint);
  }

  return {
    async read() {
      const fingerprint = isWatched ? await options.fingerprint() : null;
      if (cached === undefined || (isWatched && cached.fingerprint !== fingerprint)) {
        return (await load(fingerprint)).registry;
      }
      if (clock.now() >= expiresAt) startRefresh();
      return cached.registry;
    },
    current: () => cached?.registry,
    put: (registry) => keep({ registry, fingerprint: null }),
    forget() {
      cached = undefined;
      loading = undefined;
      generation++;
      cancelTimer();
    },
  };
}
