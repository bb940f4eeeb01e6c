import type { RegistryProto } from './collections.js';
import type { ViewLeases } from './view-leases.js';

/**
 * Changes a registry in place. It is given a private copy of what is stored, and may be called again with a fresher
 * one when somebody else was faster: it must not lean on an earlier call. An edit that leaves the copy as it was
 * writes nothing.
 */
export type RegistryEdit<T> = (draft: RegistryProto) => T;

export interface RegistryChange<T> {
  readonly result: T;
  /** as it is stored now */
  readonly registry: RegistryProto;
  /** false: the edit changed nothing, and nothing was written */
  readonly written: boolean;
}

/**
 * Where a registry is stored. One backend, one file, registered in registry-backends.ts; every backend passes
 * test/contracts/registry.ts.
 */
export interface RegistryBackend {
  /** where its writers agree on who materializes a view; without: in a file of the repository folder */
  readonly leases?: ViewLeases;
  /** undefined: there is none yet; @throws CodedError REGISTRY_CORRUPT, REGISTRY_UNREADABLE */
  load(): Promise<RegistryProto | undefined>;
  /** loses no change of others; @throws CodedError also REGISTRY_UNWRITABLE, REGISTRY_CONFLICT, LOCK_TIMEOUT */
  change<T>(edit: RegistryEdit<T>): Promise<RegistryChange<T>>;
  /** cheap to get, and other than before when the stored registry is; undefined where there is no such thing */
  fingerprint(): Promise<string | undefined>;
  close(): Promise<void>;
}
