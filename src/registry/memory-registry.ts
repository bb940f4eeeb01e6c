import { changeBySwap, type SwapStorage } from './compare-and-swap.js';
import type { RegistryBackend } from './registry-backend.js';
import { decodeRegistry } from './registry-bytes.js';

/** What one name stands for; `bytes` is replaced, never written into. */
interface Place {
  bytes: Uint8Array | undefined;
  writes: number;
}

const named = new Map<string, Place>();

function placeOf(name: string | undefined): Place {
  const place = (name === undefined ? undefined : named.get(name)) ?? { bytes: undefined, writes: 0 };
  if (name !== undefined) named.set(name, place);
  return place;
}

/**
 * A registry that lasts as long as the process, for tests and for programs that hold their definitions themselves.
 * @param name stores that give the same name share one registry; undefined: it is the caller's own
 */
export function openMemoryRegistry(name?: string): RegistryBackend {
  const place = placeOf(name);
  const location = `the registry in memory${name === undefined ? '' : ` "${name}"`}`;
  const storage: SwapStorage<Uint8Array> = {
    read: async () => place.bytes && { registry: decodeRegistry(place.bytes, location), token: place.bytes },
    async replace(bytes, base) {
      if (place.bytes !== base?.token) return false;
      place.bytes = bytes;
      place.writes++;
      return true;
    },
  };
  return {
    isLocal: true,
    readsParts: false,
    load: async () => (await storage.read())?.registry,
    change: (edit) => changeBySwap(storage, location, edit),
    fingerprint: async () => (place.bytes === undefined ? undefined : String(place.writes)),
    async close() {},
  };
}
