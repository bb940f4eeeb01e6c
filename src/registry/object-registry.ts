import { setTimeout as sleep } from 'node:timers/promises';
import { isCodedError } from '../shared/errors.js';
import { changeBySwap, type SwapStorage } from './compare-and-swap.js';
import { type Fault, objectError } from './object-faults.js';
import type { RegistryBackend } from './registry-backend.js';
import { decodeRegistry } from './registry-bytes.js';

/** An object as it was at one moment. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  /** other than before whenever the object is written: an ETag, a generation */
  readonly tag: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One object of an object store, which replaces it only where nobody else did. */
export interface ObjectStorage {
  /** for messages; holds no credentials */
  readonly location: string;
  /** undefined: there is no such object */
  get(): Promise<StoredObject | undefined>;
  /** the tag alone: one small request */
  tag(): Promise<string | undefined>;
  /**
   * @param base the tag of what is replaced; undefined: there must be nothing
   * @returns false where something else is stored
   */
  put(bytes: Uint8Array, base: string | undefined, metadata: Record<string, string>): Promise<boolean>;
  faultOf(error: unknown): Fault;
  close(): void;
}

/** With 8 writers at once the unluckiest change needs some 30; more than 200 times in vain is another fault. */
const ATTEMPTS = 200;
const LOADS = 3;

/** S3 keeps 2 kB of metadata: 40 ids of 36 characters fit. */
const RECENT_WRITES = 40;
const RECENT_WRITES_KEY = 'feastwrites';

/**
 * A registry in one object. A write is conditional on the object that was read; where somebody else was faster, the
 * change is made again on top of theirs. The version_ids of the last writes stand in the object's metadata, so that
 * a write whose answer was lost is found again even after others have written on top of it.
 */
export function openObjectRegistry(storage: ObjectStorage): RegistryBackend {
  const { location } = storage;
  const guard = <T>(what: 'read' | 'written', work: () => Promise<T>) =>
    work().catch((error: unknown) => {
      throw objectError(location, what, storage.faultOf(error), error);
    });

  const swap: SwapStorage<string> = {
    async read() {
      const found = await guard('read', () => storage.get());
      if (found === undefined) return undefined;
      const recentWrites = found.metadata[RECENT_WRITES_KEY]?.split(' ') ?? [];
      return { registry: decodeRegistry(found.bytes, location), token: found.tag, recentWrites };
    },
    replace(bytes, base, versionId) {
      const writes = [...(base?.recentWrites ?? []), versionId].slice(-RECENT_WRITES);
      const metadata = { [RECENT_WRITES_KEY]: writes.join(' ') };
      return guard('written', () => storage.put(bytes, base?.token, metadata));
    },
  };

  // changes of one process need not compete with each other
  let last: Promise<unknown> = Promise.resolve();

  return {
    readsParts: false,
    load: async () => (await retryUnavailable(() => swap.read()))?.registry,
    change(edit) {
      const change = last.then(() => changeBySwap(swap, location, edit, ATTEMPTS));
      last = change.catch(() => undefined);
      return change;
    },
    fingerprint: () => guard('read', () => storage.tag()),
    async close() {
      await last;
      storage.close();
    },
  };
}

async function retryUnavailable<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === LOADS || !isCodedError(error, 'REGISTRY_UNAVAILABLE')) throw error;
      await sleep(Math.random() * 100 * 2 ** attempt);
    }
  }
}
