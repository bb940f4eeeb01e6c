import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMicros, timestampOf } from '../codec/index.js';
import { CodedError, isCodedError } from '../shared/errors.js';
import type { RegistryProto } from './collections.js';
import type { RegistryChange, RegistryEdit } from './registry-backend.js';
import { emptyRegistry, encodeRegistry } from './registry-bytes.js';

/** A registry as one value, and what it takes to replace just that value. */
export interface StoredRegistry<Token> {
  readonly registry: RegistryProto;
  readonly token: Token;
  /** version_ids of the writes that led here, as far as the storage keeps them */
  readonly recentWrites?: readonly string[];
}

/** A place that holds a registry as one value, and can replace it if it is still the one that was read. */
export interface SwapStorage<Token> {
  /** @throws CodedError REGISTRY_UNAVAILABLE where trying again may help */
  read(): Promise<StoredRegistry<Token> | undefined>;
  /**
   * @param base what the new bytes were made from; undefined: nothing was there
   * @param versionId the version_id in the new bytes
   * @returns false where something else is stored by now
   * @throws CodedError REGISTRY_UNAVAILABLE where it is not known whether the bytes were stored
   */
  replace(bytes: Uint8Array, base: StoredRegistry<Token> | undefined, versionId: string): Promise<boolean>;
}

/** with the pauses between them, some 5 s for 20 */
const ATTEMPTS = 20;
const FAILURES = 5;

/**
 * Read, edit, replace; and again from a fresh read when somebody else was faster, so that no change is lost. Each
 * write gets a new version_id and last_updated. Feast: registry/file.py, _write_registry.
 *
 * A write whose answer was lost is looked for by its version_id before the edit is made again, so that it is not
 * made twice.
 * @throws CodedError REGISTRY_CONFLICT, REGISTRY_UNAVAILABLE
 */
export async function changeBySwap<T, Token>(
  storage: SwapStorage<Token>,
  location: string,
  edit: RegistryEdit<T>,
  attempts = ATTEMPTS,
): Promise<RegistryChange<T>> {
  const tried = new Map<string, T>();
  let failures = 0;
  for (let attempt = 0; ; attempt++) {
    if (attempt > 0) await sleep(Math.random() * 10 * 2 ** Math.min(attempt, 6));
    try {
      const stored = await storage.read();
      const done = [stored?.registry.versionId, ...(stored?.recentWrites ?? [])].find((id) => tried.has(id!));
      if (done !== undefined) return { result: tried.get(done)!, registry: stored!.registry, written: true };
      if (attempt === attempts) break;
      const registry = stored?.registry ?? emptyRegistry();
      const before = encodeRegistry(registry);
      const result = edit(registry);
      if (Buffer.compare(before, encodeRegistry(registry)) === 0) return { result, registry, written: false };
      const versionId = randomUUID();
      registry.versionId = versionId;
      registry.lastUpdated = timestampOf(nowMicros());
      tried.set(versionId, result);
      if (await storage.replace(encodeRegistry(registry), stored, versionId)) {
        return { result, registry, written: true };
      }
    } catch (error) {
      if (!isCodedError(error, 'REGISTRY_UNAVAILABLE')) throw error;
      if (++failures < FAILURES) {
        await sleep(Math.random() * 200 * 2 ** failures);
        continue;
      }
      if (tried.size === 0) throw error;
      throw new CodedError(
        'REGISTRY_UNAVAILABLE',
        `${error.message}. It is not known whether the change was written; look before you make it again`,
        { cause: error },
      );
    }
  }
  throw new CodedError(
    'REGISTRY_CONFLICT',
    `${location}: others changed the registry ${attempts} times while a change was tried; nothing was written, try again`,
  );
}
