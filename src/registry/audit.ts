/** Who changed what in a registry, and when: kept beside it, for Feast's protos have no place for it. */
import type { Json } from '../codec/index.js';
import type { RegistryProto } from './collections.js';
import type { RegistryChange, RegistryEdit, RegistryScope } from './registry-backend.js';

/** What one object went through. */
export interface AuditChange {
  readonly action: 'create' | 'update' | 'delete' | 'materialize';
  /** as Feast prints it: `feature view` */
  readonly kind: string;
  readonly name: string;
  /** what an update changed; of a materialization, the interval */
  readonly properties?: readonly {
    readonly name: string;
    readonly before?: Json | undefined;
    readonly after?: Json | undefined;
  }[];
}

/** One written change of a registry. */
export interface AuditEntry {
  /** ISO 8601, UTC */
  readonly time: string;
  /** user@host, or what the program says */
  readonly by: string;
  readonly project: string;
  /** apply, delete, teardown, materialize */
  readonly operation: string;
  /** version_id before, '' for a new registry, and after */
  readonly from: string;
  readonly to: string;
  readonly changes: readonly AuditChange[];
}

export interface AuditHistory {
  /** newest first */
  readonly entries: readonly AuditEntry[];
  /** records that cannot be read: the last of a process that was killed while it wrote */
  readonly damaged: number;
}

/** Where a backend keeps the history of its registry. Records are only ever added. */
export interface AuditLog {
  append(entry: AuditEntry): Promise<void>;
  /** @param limit how many at most, the newest */
  read(limit: number): Promise<AuditHistory>;
}

/** What is being done, and by whom. */
export interface Operation {
  readonly by: string;
  readonly project: string;
  readonly operation: string;
}

interface Audited {
  readonly audit: AuditLog | undefined;
  change<T>(edit: RegistryEdit<T>, scope?: RegistryScope): Promise<RegistryChange<T>>;
}

/**
 * Changes a registry and, if that wrote anything, adds it to the history. Of two writers, the one whose `from` is the
 * other's `to` came second, in whatever order their records stand.
 * @param changesOf what the edit did, from what it returned
 * @throws CodedError as Registry.change; REGISTRY_UNWRITABLE also when the change is made, and its record is not
 */
export async function changeAudited<T>(
  registry: Audited,
  operation: Operation,
  edit: RegistryEdit<T>,
  changesOf: (result: T) => readonly AuditChange[],
  scope?: RegistryScope,
): Promise<RegistryChange<T>> {
  let from = '';
  const change = await registry.change((draft: RegistryProto) => {
    from = draft.versionId;
    return edit(draft);
  }, scope);
  const { result, written } = change;
  if (written && registry.audit !== undefined) {
    const to = change.registry.versionId;
    const time = new Date().toISOString();
    await registry.audit.append({ time, ...operation, from, to, changes: changesOf(result) });
  }
  return change;
}
