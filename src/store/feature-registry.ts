import { type DeleteRequest, deleteObject, formatPlan } from '../apply/index.js';
import { type Json, nowMicros } from '../codec/index.js';
import {
  type AuditEntry,
  type AuditHistory,
  type DefinitionByKind,
  type DefinitionKind,
  type Finding,
  type Registry,
  type RegistryProto,
  type ViewVersion,
  verifyRegistry,
  viewVersions,
} from '../registry/index.js';
import { CodedError } from '../shared/errors.js';
import { describeObject, dumpProject, viewStates } from './describe.js';

export type ObjectKind = DefinitionKind;
export type { AuditEntry, AuditHistory, Finding, ViewVersion };

export interface DeleteOptions {
  /** default: whatever has the name, if one thing has it */
  readonly kind?: ObjectKind | undefined;
  /** whether materialized data may be lost; default false */
  readonly allowDestructive?: boolean;
}

interface Surroundings {
  readonly project: string;
  readonly by: string;
  readonly open: () => Promise<Registry>;
  readonly onlineStore: () => Promise<DeleteRequest['onlineStore']>;
}

/** What the registry records of one project: to look at, to check, and to take single objects out of. */
export class FeatureRegistry {
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Registered objects of a kind, in the registry's order. */
  async list<Kind extends ObjectKind>(kind: Kind): Promise<DefinitionByKind[Kind][]> {
    return (await this.#surroundings.open()).list(kind, this.#surroundings.project);
  }

  /** @throws CodedError of the kind's NOT_FOUND, naming the nearest */
  async get<Kind extends ObjectKind>(kind: Kind, name: string): Promise<DefinitionByKind[Kind]> {
    return (await this.#surroundings.open()).get(kind, this.#surroundings.project, name);
  }

  /** All that is recorded of an object, as protobuf JSON. @throws CodedError of the kind's NOT_FOUND */
  async describe(kind: ObjectKind, name: string): Promise<Json> {
    await this.get(kind, name);
    return describeObject(await this.#contents(), kind, this.#surroundings.project, name);
  }

  /** Everything the registry holds of this project, as protobuf JSON by kind. */
  async dump(): Promise<Json> {
    return dumpProject(await this.#contents(), this.#surroundings.project);
  }

  /** States of views of all kinds by name, in Feast's words: CREATED, AVAILABLE_ONLINE … */
  async viewStates(): Promise<ReadonlyMap<string, string>> {
    return viewStates(await this.#contents(), this.#surroundings.project);
  }

  /**
   * The versions of a view, oldest first.
   * @throws CodedError FEATURE_VIEW_NOT_FOUND where nothing is remembered of it
   */
  async versions(name: string): Promise<ViewVersion[]> {
    const { project } = this.#surroundings;
    const versions = viewVersions(await this.#contents(), project, name);
    if (versions.length > 0) return versions;
    throw new CodedError(
      'FEATURE_VIEW_NOT_FOUND',
      `project "${project}" remembers no version of a feature view "${name}"`,
    );
  }

  /** What is wrong in the registry, in all its projects; nothing is changed. Reads what is stored, not the cache. */
  async verify(): Promise<Finding[]> {
    const registry = await this.#surroundings.open();
    registry.refresh();
    return verifyRegistry(await registry.contents(), nowMicros());
  }

  /**
   * Who changed what, newest first.
   * @throws CodedError REGISTRY_HISTORY_NONE where the backend keeps no history
   */
  async history(limit = 20): Promise<AuditHistory> {
    const { audit } = await this.#surroundings.open();
    if (audit !== undefined) return audit.read(limit);
    throw new CodedError('REGISTRY_HISTORY_NONE', 'this kind of registry keeps no history of its changes');
  }

  /**
   * Deletes one registered object, a view with its versions and its table. While it is declared, the next apply makes
   * it again.
   * @returns what was done, as lines
   * @throws CodedError OBJECT_NOT_FOUND, OBJECT_AMBIGUOUS, OBJECT_IN_USE, DESTRUCTIVE_CHANGE
   */
  async delete(name: string, options: DeleteOptions = {}): Promise<string[]> {
    const { project, by, open, onlineStore } = this.#surroundings;
    const plan = await deleteObject({
      name,
      kind: options.kind,
      project,
      by,
      registry: await open(),
      onlineStore: await onlineStore(),
      allowDestructive: options.allowDestructive ?? false,
    });
    return formatPlan(plan).filter((line) => !line.startsWith('No changes'));
  }

  async #contents(): Promise<RegistryProto> {
    return (await this.#surroundings.open()).contents();
  }
}
