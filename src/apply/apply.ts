import type { feast } from '../codec/index.js';
import { nowMicros } from '../codec/index.js';
import type { OnlineStore } from '../online/online-store.js';
import {
  changeAudited,
  ensureProject,
  findObject,
  isViewKind,
  KINDS,
  putObject,
  putView,
  type Registry,
  type RegistryProto,
  removeObject,
  removeProject,
  removeView,
} from '../registry/index.js';
import type { RepositoryContents } from '../repository/index.js';
import { CodedError } from '../shared/errors.js';
import { auditChangesOf } from './audit-changes.js';
import { refuseLosses } from './destructive.js';
import { forgetInfra, infraOfProject, recordInfra } from './infra-plan.js';
import { declaredTables } from './online-tables.js';
import { type ApplyPlan, planApply } from './plan.js';

export interface ApplyRequest {
  /** validated, with nothing left to infer */
  readonly contents: RepositoryContents;
  readonly project: string;
  readonly projectDescription: string;
  readonly registry: Registry;
  /** null: the project has no online store */
  readonly onlineStore: OnlineStore | null;
  /** true: objects that are not in the contents are left alone instead of deleted */
  readonly partial?: boolean;
  /** false: a change that loses data is refused, and nothing is changed */
  readonly allowDestructive: boolean;
  /** whom the registry's history names */
  readonly by: string;
}

/** Feast: constants.py, PROTECTED_PROJECT_TAG. */
const PROTECTED_TAG = 'feast.dev/protected-project';

/**
 * Makes the registry and the online store hold what is declared: tables are created, then the registry is changed
 * once and as a whole, then tables that nobody needs any more are dropped. Interrupted anywhere, the next apply
 * completes it. An apply that changes nothing writes nothing.
 * @returns what was changed
 * @throws CodedError DESTRUCTIVE_CHANGE, and as planApply, Registry.change and the online store
 */
export async function executeApply(request: ApplyRequest): Promise<ApplyPlan> {
  const { contents, project, registry, onlineStore, allowDestructive, by } = request;
  registry.refresh();
  // what the registry contradicts must be known before anything is made
  refuseLosses(planAgainst(request, await registry.contents()), allowDestructive);

  const online = declaredTables(contents);
  if (onlineStore !== null && online.length > 0) await onlineStore.updateInfra(project, online, []);

  const { result: plan } = await changeAudited(
    registry,
    { by, project, operation: 'apply' },
    (draft) => {
      const changes = planAgainst(request, draft);
      refuseLosses(changes, allowDestructive);
      applyPlan(draft, changes, registry.projectMetadata);
      return changes;
    },
    auditChangesOf,
  );
  const dropped = plan.infra.filter(({ action }) => action === 'delete').map(({ object }) => object);
  if (onlineStore !== null && dropped.length > 0) {
    await onlineStore.updateInfra(project, [], dropped);
    await registry.change((draft) => forgetInfra(draft, dropped));
  }
  return plan;
}

/** The plan of what `executeApply` would do; it touches nothing, and makes no file. */
export async function planAgainstRegistry(request: ApplyRequest): Promise<ApplyPlan> {
  request.registry.refresh();
  return planAgainst(request, await request.registry.contents());
}

function planAgainst(request: ApplyRequest, registry: RegistryProto): ApplyPlan {
  const { onlineStore, contents, project, projectDescription, partial = false } = request;
  const infraFor = onlineStore === null ? undefined : onlineStore.infraFor.bind(onlineStore);
  return planApply({ contents, project, projectDescription, registry, infraFor, partial, now: nowMicros() });
}

function applyPlan(draft: RegistryProto, plan: ApplyPlan, metadata: boolean): void {
  const now = nowMicros();
  if (plan.changes.length > 0) ensureProject(draft, plan.project, { metadata, now });
  for (const { action, kind, name, proto } of plan.changes) {
    const { collection } = KINDS[kind];
    if (isViewKind(kind)) {
      const views = KINDS[kind].collection;
      if (action === 'delete') removeView(draft, views, plan.project, name);
      else putView(draft, views, plan.project, proto as feast.core.FeatureView, now);
    } else if (action === 'delete') removeObject(draft, collection, plan.project, name);
    else putObject(draft, collection, plan.project, proto as never);
  }
  recordInfra(draft, plan.infra);
}

/**
 * Removes one project: its tables from the online store, then its objects from the registry. Other projects stay.
 * @param by whom the registry's history names
 * @returns the names of the dropped infrastructure objects
 * @throws CodedError PROJECT_PROTECTED when the project is tagged so
 */
export async function teardown(
  project: string,
  registry: Registry,
  onlineStore: OnlineStore | null,
  by: string,
): Promise<string[]> {
  registry.refresh();
  const contents = await registry.contents();
  const registered = findObject(contents, 'projects', project, project);
  if (registered?.spec?.tags?.[PROTECTED_TAG] === 'true') {
    throw new CodedError(
      'PROJECT_PROTECTED',
      `project "${project}" is tagged ${PROTECTED_TAG}: it is managed elsewhere, and cannot be torn down`,
    );
  }
  const objects =
    onlineStore === null ? [] : infraOfProject(contents, project, onlineStore.infraFor.bind(onlineStore));
  if (onlineStore !== null && objects.length > 0) await onlineStore.updateInfra(project, [], objects);
  // nothing is stored yet: nothing to remove, and no file to make
  if (contents.versionId !== '' || contents.projects.length > 0) {
    await changeAudited(
      registry,
      { by, project, operation: 'teardown' },
      (draft) => {
        forgetInfra(draft, objects);
        removeProject(draft, project);
      },
      () => [{ action: 'delete', kind: 'project', name: project }],
    );
  }
  return objects.map((object) => object.name);
}
