import { feast } from '../codec/index.js';
import { CodedError } from '../shared/errors.js';
import type { RegistryProto } from './collections.js';

const { Registry } = feast.core;

/** Feast: registry.py, REGISTRY_SCHEMA_VERSION. */
const SCHEMA_VERSION = '1';

export function emptyRegistry(): RegistryProto {
  return new Registry({ registrySchemaVersion: SCHEMA_VERSION });
}

export function encodeRegistry(registry: RegistryProto): Uint8Array {
  return Registry.encode(registry).finish();
}

/**
 * Decodes a stored registry.
 * @param location where the bytes are from, for messages
 * @throws CodedError REGISTRY_CORRUPT
 */
export function decodeRegistry(bytes: Uint8Array, location: string): RegistryProto {
  let registry: RegistryProto;
  try {
    registry = Registry.decode(bytes);
  } catch (error) {
    throw corrupt(location, `its ${bytes.length} bytes cannot be decoded`, error);
  }
  // bytes of something else can decode by chance; none that Feast wrote lacks this
  if (!/^\d+$/.test(registry.registrySchemaVersion)) {
    throw corrupt(location, bytes.length === 0 ? 'it is empty' : 'it has no schema version');
  }
  return registry;
}

function corrupt(location: string, reason: string, cause?: unknown): CodedError {
  return new CodedError(
    'REGISTRY_CORRUPT',
    `${location} is not a Feast registry: ${reason}. It was left as it is; restore it from a backup, or move it away and apply again`,
    { cause },
  );
}
