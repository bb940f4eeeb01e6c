import type { AuditLog } from './audit.js';
import type { Collection, RegistryProto } from './collections.js';
import type { ViewLeases } from './view-leases.js';

/**
 * Part of a registry: what a reader or an edit is about to touch. For an edit, the project's own object and metadata
 * come along with it, and a feature view's versions with the view.
 */
export interface RegistryScope {
  readonly project: string;
  /** without a name: the whole list, as far as it belongs to the project */
  readonly objects: readonly { readonly collection: Collection; readonly name?: string }[];
}

/**
 * Changes a registry in place. It is given a private copy of what is stored, and may be called again with a fresher
 * one when somebody else was faster: it must not lean on an earlier call. An edit that leaves the copy as it was
 * writes nothing.
 */
export type RegistryEdit<T> = (draft: RegistryProto) => T;

export interface RegistryChange<T> {
  readonly result: T;
  /** as it is stored now, within the scope of the change */
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
  /** true: a scope saves work; false: everything is read whatever the scope */
  readonly readsParts: boolean;
  /**
   * @param scope what is needed at least; undefined: everything
   * @returns undefined: there is no registry yet
   * @throws CodedError REGISTRY_CORRUPT, REGISTRY_UNREADABLE
   */
  load(scope?: RegistryScope): Promise<RegistryProto | undefined>;
  /**
   * Loses no change of others.
   * @param scope all that the edit reads and changes; undefined: it may be anything
   * @throws CodedError also REGISTRY_UNWRITABLE, REGISTRY_CONFLICT, REGISTRY_UNAVAILABLE, LOCK_TIMEOUT
   */
  change<T>(edit: RegistryEdit<T>, scope?: RegistryScope): Promise<RegistryChange<T>>;
  /** cheap to get, and other than before when the stored registry is; undefined where there is no such thing */
  fingerprint(): Promise<string | undefined>;
  /** the fingerprint takes microseconds: a reader may ask for it before every read */
  readonly isLocal?: boolean;
  /** who changed what; undefined: this backend keeps no history yet */
  readonly audit?: AuditLog | undefined;
  close(): Promise<void>;
}
