import { maskCredentials } from '../shared/credentials.js';
import type { BackendConfig, RepoConfig } from './repo-config.js';

/** The configuration in force, with the keys of feature_store.yaml; what looks like a credential is masked. */
export function describeConfig(config: RepoConfig): Record<string, unknown> {
  return {
    project: config.project,
    provider: config.provider,
    registry: describeBackend('registry_type', config.registry),
    online_store: config.onlineStore === null ? null : describeBackend('type', config.onlineStore),
    offline_store: describeBackend('type', config.offlineStore),
    entity_key_serialization_version: config.entityKeySerializationVersion,
  };
}

function describeBackend(typeKey: string, { type, section }: BackendConfig): Record<string, unknown> {
  return { [typeKey]: type, ...(masked(section.values) as object) };
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        /pass|secret|token|credential|connection_string|access_key/i.test(key) ? '***' : masked(inner),
      ]),
    );
  }
  return typeof value === 'string' ? maskCredentials(value) : value;
}
