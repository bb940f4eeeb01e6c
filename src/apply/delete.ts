import type { OnlineStore } from '../online/online-store.js';
import {
  changeAudited,
  DEFINITION_KINDS,
  type DefinitionKind,
  findObject,
  isViewKind,
  KINDS,
  kindOf,
  nameOf,
  objectsOf,
  type Registry,
  type RegistryProto,
  referencesOf,
  removeObject,
  removeView,
} from '../registry/index.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';
import { lossOfDeletion, refuseLosses } from './destructive.js';
import { forgetInfra, type InfraChange, planInfra } from './infra-plan.js';
import { registeredTables } from './online-tables.js';
import type { ApplyPlan } from './plan.js';

export interface DeleteRequest {
  readonly name: string;
  /** undefined: whatever has the name, if one thing has it */
  readonly kind: DefinitionKind | undefined;
  readonly project: string;
  readonly registry: Registry;
  readonly onlineStore: OnlineStore | null;
  readonly allowDestructive: boolean;
  readonly by: string;
}

/**
 * What deleting one object changes. Pure.
 * @throws CodedError OBJECT_NOT_FOUND, OBJECT_AMBIGUOUS, OBJECT_IN_USE
 */
function planDelete(request: DeleteRequest, registry: RegistryProto): ApplyPlan {
  const { project, name, onlineStore } = request;
  const kind = kindToDelete(request, registry);
  const proto = findObject(registry, kindOf(kind).collection, project, name) as object;
  const users = usersOf(registry, project, kind, name);
  if (users.length > 0) {
    throw new CodedError(
      'OBJECT_IN_USE',
      `${kindOf(kind).label} "${name}" is used by ${users.join(', ')}; delete that first, or change it`,
    );
  }
  const loss = lossOfDeletion(kind, proto);
  const infra: InfraChange[] =
    onlineStore === null || !isViewKind(kind)
      ? []
      : planInfra(
          registry,
          project,
          registeredTables(registry, project).filter((view) => view.name !== name),
          new Set(),
          onlineStore.infraFor.bind(onlineStore),
        ).filter(({ action }) => action === 'delete');
  return {
    project,
    changes: [{ action: 'delete', kind, name, properties: [], loss, proto: undefined }],
    infra,
    kept: [],
  };
}

/**
 * Deletes one registered object, a view with its versions and its table. It comes back with the next apply where it
 * is still declared.
 * @returns what was changed
 * @throws CodedError OBJECT_NOT_FOUND, OBJECT_AMBIGUOUS, OBJECT_IN_USE, DESTRUCTIVE_CHANGE, and what the registry and
 *   the online store throw
 */
export async function deleteObject(request: DeleteRequest): Promise<ApplyPlan> {
  const { project, registry, onlineStore, by, name } = request;
  const { result: plan } = await changeAudited(
    registry,
    { by, project, operation: 'delete' },
    (draft) => {
      const planned = planDelete(request, draft);
      refuseLosses(planned, request.allowDestructive);
      const { kind } = planned.changes[0]!;
      if (isViewKind(kind)) removeView(draft, KINDS[kind].collection, project, name);
      else removeObject(draft, kindOf(kind).collection, project, name);
      return planned;
    },
    ({ changes }) => changes.map(({ kind }) => ({ action: 'delete', kind: kindOf(kind).label, name })),
  );
  const dropped = plan.infra.map(({ object }) => object);
  if (onlineStore !== null && dropped.length > 0) {
    await onlineStore.updateInfra(project, [], dropped);
    await registry.change((draft) => forgetInfra(draft, dropped));
  }
  return plan;
}

function kindToDelete({ name, kind, project }: DeleteRequest, registry: RegistryProto): DefinitionKind {
  const kinds = DEFINITION_KINDS.filter((candidate) => candidate !== 'project');
  const has = (candidate: DefinitionKind) =>
    findObject(registry, kindOf(candidate).collection, project, name) !== undefined;
  const found = (kind === undefined ? kinds : kinds.filter((candidate) => candidate === kind)).filter(has);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new CodedError(
      'OBJECT_AMBIGUOUS',
      `"${name}" is the name of several objects: ${found.join(', ')}; say which kind`,
    );
  }
  const known = kinds.flatMap((candidate) =>
    (objectsOf(registry, kindOf(candidate).collection, project) as object[]).map(nameOf),
  );
  const what = kind === undefined ? 'object' : kindOf(kind).label;
  throw new CodedError(
    'OBJECT_NOT_FOUND',
    `project "${project}" has no ${what} "${name}".${didYouMean(name, known)}`,
  );
}

/** Registered objects that are built on one. */
function usersOf(registry: RegistryProto, project: string, kind: DefinitionKind, name: string): string[] {
  const referenced = isViewKind(kind) ? 'feature_view' : kind;
  return DEFINITION_KINDS.flatMap((user) => {
    const { collection, label } = kindOf(user);
    return (objectsOf(registry, collection, project) as object[])
      .filter((proto) =>
        referencesOf(collection, proto).some((one) => one.kind === referenced && one.name === name),
      )
      .map((proto) => `${label} "${nameOf(proto)}"`);
  });
}
