import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMicros, timestampOf } from '../codec/index.js';
import { CodedError } from '../shared/errors.js';
import type { RegistryProto } from './collections.js';
import type { RegistryChange, RegistryEdit } from './registry-backend.js';
import { emptyRegistry, encodeRegistry } from './registry-bytes.js';

/** A place that holds a registry as one value, and can replace it if it is still the one that was read. */
export interface SwapStorage<Token> {
  read(): Promise<{ readonly registry: RegistryProto; readonly token: Token } | undefined>;
  /**
   * @param base what the new bytes were made from; undefined: nothing was there
   * @returns false where something else is stored by now
   */
  replace(bytes: Uint8Array, base: Token | undefined): Promise<boolean>;
}

const ATTEMPTS = 20;

/**
 * Read, edit, replace; and again from a fresh read when somebody else was faster, so that no change is lost. Each
 * write gets a new version_id and last_updated. Feast: registry/file.py, _write_registry.
 * @throws CodedError REGISTRY_CONFLICT
 */
export async function changeBySwap<T, Token>(
  storage: SwapStorage<Token>,
  location: string,
  edit: RegistryEdit<T>,
): Promise<RegistryChange<T>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await storage.read();
    const registry = stored?.registry ?? emptyRegistry();
    const before = encodeRegistry(registry);
    const result = edit(registry);
    if (Buffer.compare(before, encodeRegistry(registry)) === 0) return { result, registry, written: false };
    registry.versionId = randomUUID();
    registry.lastUpdated = timestampOf(nowMicros());
    if (await storage.replace(encodeRegistry(registry), stored?.token)) {
      return { result, registry, written: true };
    }
    await sleep(Math.random() * 10 * 2 ** Math.min(attempt, 6));
  }
  throw new CodedError(
    'REGISTRY_CONFLICT',
    `${location}: others changed the registry ${ATTEMPTS} times while a change was tried; nothing was written, try again`,
  );
}
