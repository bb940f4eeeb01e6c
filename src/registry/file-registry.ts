import { statSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ifMissing, replaceFile } from '../shared/atomic-file.js';
import type { ErrorCode } from '../shared/error-codes.js';
import { CodedError, messageOf } from '../shared/errors.js';
import { withProcessLock } from '../shared/process-lock.js';
import { changeBySwap, type SwapStorage } from './compare-and-swap.js';
import { openFileAudit } from './file-audit.js';
import { openFileLeases } from './file-leases.js';
import type { RegistryBackend } from './registry-backend.js';
import { decodeRegistry } from './registry-bytes.js';

/** Python Feast truncates the file and writes it anew: a reader may meet half of it for this long. */
const REREAD_PAUSES_MS = [20, 60, 150];

/**
 * A registry in one local file, as Feast's file registry store keeps it. Writers exclude each other by a lock beside
 * it (`<path>.lock`); against Python, which takes no lock, the file's bytes are compared before they are replaced.
 * @param path absolute
 */
export function openFileRegistry(path: string): RegistryBackend {
  const storage: SwapStorage<Buffer> = {
    read: () => readRegistry(path),
    async replace(bytes, base) {
      const current = await readFile(path).catch(ifMissing(undefined));
      if (current === undefined ? base !== undefined : base === undefined || !current.equals(base.token)) {
        return false;
      }
      await guardWrite(path, () => replaceFile(path, bytes));
      return true;
    },
  };
  const leases = openFileLeases(`${path}.leases`);
  return {
    isLocal: true,
    readsParts: false,
    leases,
    load: async () => (await readRegistry(path))?.registry,
    async change(edit) {
      await guardWrite(path, () => mkdir(dirname(path), { recursive: true }));
      return withProcessLock(`${path}.lock`, () => changeBySwap(storage, path, edit));
    },
    async fingerprint() {
      // on the thread: every online read asks, and this takes 5 µs instead of 50
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      return found && `${found.ino}:${found.size}:${found.mtimeNs}`;
    },
    audit: openFileAudit(`${path}.history`),
    close: () => leases.close(),
  };
}

async function readRegistry(path: string) {
  for (let attempt = 0; ; attempt++) {
    const token = await guard('REGISTRY_UNREADABLE', `${path} cannot be read`, () =>
      readFile(path).catch(ifMissing(undefined)),
    );
    if (token === undefined) return undefined;
    try {
      return { registry: decodeRegistry(token, path), token };
    } catch (error) {
      const pause = REREAD_PAUSES_MS[attempt];
      if (pause === undefined) throw error;
      await sleep(pause);
    }
  }
}

function guardWrite<T>(path: string, work: () => Promise<T>): Promise<T> {
  return guard('REGISTRY_UNWRITABLE', `${path} cannot be written, and was left as it was`, work);
}

/** Says which registry, and what of it, an error of the system is about. */
async function guard<T>(code: ErrorCode, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new CodedError(code, `registry ${what}: ${messageOf(error)}`, { cause: error });
  }
}
