import { encodeDataSource, feast, type ViewProto } from '../codec/index.js';
import type { AnyView, DataSource, Project } from '../definitions/index.js';
import {
  DEFINITION_KINDS,
  type DefinitionKind,
  type EncodeContext,
  isIdentical,
  isViewKind,
  kindOf,
  lookUpObject,
  lookUpObjects,
  nameOf,
  type RegistryProto,
  VIEW_KINDS,
} from '../registry/index.js';
import { type RepositoryContents, viewsOf } from '../repository/index.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';
import { lossOfDeletion, lossOfUpdate } from './destructive.js';
import { foreignObjects, type Needs } from './foreign-objects.js';
import { type InfraChange, type InfraFor, planInfra } from './infra-plan.js';
import { declaredTables } from './online-tables.js';
import { diffSpecs, type PropertyChange } from './spec-diff.js';

/** A change of one registered object. `proto` is what is to be registered; a deletion has none. */
export interface ObjectChange {
  readonly action: 'create' | 'update' | 'delete';
  readonly kind: DefinitionKind;
  readonly name: string;
  /** of an update */
  readonly properties: readonly PropertyChange[];
  /** what is lost by it; undefined: nothing */
  readonly loss: string | undefined;
  readonly proto: object | undefined;
}

export interface ApplyPlan {
  readonly project: string;
  /** by kind, in the order of the table of kinds; of a kind: created, deleted, updated */
  readonly changes: readonly ObjectChange[];
  readonly infra: readonly InfraChange[];
  /** objects that are no longer declared, and stay because something that Python registered is built on them */
  readonly kept: readonly {
    readonly kind: DefinitionKind;
    readonly name: string;
    readonly neededBy: string;
  }[];
}

export interface PlanRequest {
  /** validated, with nothing left to infer */
  readonly contents: RepositoryContents;
  readonly project: string;
  /** from feature_store.yaml */
  readonly projectDescription: string;
  /** what is registered; it is not changed */
  readonly registry: RegistryProto;
  /** undefined: the project has no online store */
  readonly infraFor: InfraFor | undefined;
  /** true: objects that are not in the contents are left alone instead of deleted */
  readonly partial?: boolean;
  /** microseconds since the epoch */
  readonly now: bigint;
}

/**
 * Compares what is declared with what is registered. Pure. Times, intervals and states are not compared: a
 * materialization is no change (Feast says "Updated" after each).
 * @throws CodedError NAME_CONFLICT, ENTITY_NOT_FOUND, FEATURE_VIEW_NOT_FOUND
 */
export function planApply(given: PlanRequest): ApplyPlan {
  // a copy of the lists' holder: what is looked up in it is not looked up in a draft that is changed later
  const registry = Object.assign(new feast.core.Registry(), given.registry);
  const request = { ...given, registry };
  const { contents, project } = request;
  const foreign = foreignObjects(registry, project);
  checkViewNames(request);
  checkEntities(request);

  const desired = encodeDesired(request);
  const changes: ObjectChange[] = [];
  const kept: ApplyPlan['kept'][number][] = [];
  for (const kind of DEFINITION_KINDS) {
    const protos = desired[kind];
    changes.push(...protos.filter(({ action }) => action === 'create'));
    if (request.partial !== true) {
      const names = new Set(protos.map(({ name }) => name));
      const { isPruned, collection } = kindOf(kind);
      for (const proto of isPruned ? (lookUpObjects(registry, collection, project) as object[]) : []) {
        const name = nameOf(proto);
        if (names.has(name) || foreign.has(kind, proto)) continue;
        const neededBy = foreign.needs[isViewKind(kind) ? 'feature_view' : (kind as keyof Needs)]?.get(name);
        if (neededBy !== undefined) kept.push({ kind, name, neededBy });
        else {
          const loss = lossOfDeletion(kind, proto);
          changes.push({ action: 'delete', kind, name, properties: [], loss, proto: undefined });
        }
      }
    }
    changes.push(...protos.filter((change) => change.action === 'update' && change.properties.length > 0));
  }
  return { project, changes, infra: planTables(request, contents, kept), kept };
}

function planTables(
  request: PlanRequest,
  contents: RepositoryContents,
  kept: ApplyPlan['kept'],
): InfraChange[] {
  const { infraFor, registry, project } = request;
  if (infraFor === undefined) return [];
  const staying = new Set(kept.filter(({ kind }) => isViewKind(kind)).map(({ name }) => name));
  if (request.partial === true) {
    const declared = new Set(viewsOf(contents).map((view) => view.name));
    for (const kind of VIEW_KINDS) {
      for (const name of lookUpObjects(registry, kindOf(kind).collection, project).map(nameOf)) {
        if (!declared.has(name)) staying.add(name);
      }
    }
  }
  return planInfra(registry, project, declaredTables(contents), staying, infraFor);
}

/** Kinds in an order in which each is made of those before it. */
const BUILD_ORDER: readonly DefinitionKind[] = [
  'project',
  'data_source',
  'entity',
  'feature_view',
  'stream_feature_view',
  'label_view',
  'on_demand_feature_view',
  'feature_service',
  'permission',
  'saved_dataset',
  'validation_reference',
];

/** The protos of everything declared; an update without properties is no change. */
function encodeDesired(request: PlanRequest): Record<DefinitionKind, ObjectChange[]> {
  const { project, registry, now } = request;
  const sources = new Map<string, feast.core.DataSource>();
  const views = new Map<string, ViewProto>();
  const source = (declared: DataSource) =>
    sources.get(declared.name) ?? encodeDataSource(declared, project, undefined, now);
  const viewFor = (user: string) => (name: string) => {
    const registered = VIEW_KINDS.map((kind) =>
      lookUpObject(registry, kindOf(kind).collection, project, name),
    );
    const view =
      views.get(name) ?? (registered.find((proto) => proto !== undefined) as ViewProto | undefined);
    if (view !== undefined) return view;
    throw new CodedError(
      'FEATURE_VIEW_NOT_FOUND',
      `${user}: project "${project}" has no feature view "${name}".${didYouMean(name, views.keys())}`,
    );
  };
  const built = {} as Record<DefinitionKind, ObjectChange[]>;
  for (const kind of BUILD_ORDER) {
    const { label, collection, encode, spec } = kindOf(kind);
    built[kind] = declaredOf(request, kind).map((definition) => {
      const { name } = definition;
      const existing = lookUpObject(registry, collection, project, name) as object | undefined;
      const view = viewFor(`${label} "${name}"`);
      const context: EncodeContext<object> = { project, existing, now, source, view };
      const proto = encode(definition, context);
      const properties =
        existing && (isIdentical(collection, existing, proto) ? [] : diffSpecs(spec(existing), spec(proto)));
      // what does not change stays as it is registered, times included
      const stands = properties?.length === 0 ? existing! : proto;
      if (kind === 'data_source') sources.set(name, stands as feast.core.DataSource);
      if (isViewKind(kind)) views.set(name, stands as ViewProto);
      return {
        action: properties === undefined ? 'create' : 'update',
        kind,
        name,
        properties: properties ?? [],
        loss: existing && properties && lossOfUpdate(kind, existing, proto, properties),
        proto,
      };
    });
  }
  return built;
}

function declaredOf(request: PlanRequest, kind: DefinitionKind): readonly { readonly name: string }[] {
  const { contents } = request;
  switch (kind) {
    case 'project':
      return [desiredProject(request)];
    case 'data_source':
      // those that are made of others come after them
      return [...contents.sources].sort((a, b) => Number('batchSource' in a) - Number('batchSource' in b));
    case 'entity':
      return contents.entities;
    case 'feature_view':
      return contents.featureViews;
    case 'on_demand_feature_view':
      return contents.onDemandFeatureViews;
    case 'stream_feature_view':
      return contents.streamFeatureViews;
    case 'label_view':
      return contents.labelViews;
    case 'feature_service':
      return contents.featureServices;
    case 'permission':
      return contents.permissions;
    case 'saved_dataset':
      return contents.savedDatasets;
    case 'validation_reference':
      return contents.validationReferences;
  }
}

/** Without a declared project only the description of feature_store.yaml is said; what is registered else stays. */
function desiredProject({ contents, project, registry, projectDescription }: PlanRequest): Project {
  const old = lookUpObject(registry, 'projects', project, project)?.spec;
  return (
    contents.project ?? {
      kind: 'project',
      name: project,
      description: projectDescription || (old?.description ?? ''),
      tags: old?.tags ?? {},
      owner: old?.owner ?? '',
    }
  );
}

/** Feast: _validate_feature_views and _check_conflicting_feature_view_names, over views of all kinds. */
function checkViewNames({ contents, registry, project }: PlanRequest): void {
  const registered = new Map<string, { name: string; kind: (typeof VIEW_KINDS)[number]; stays: boolean }[]>();
  for (const kind of VIEW_KINDS) {
    for (const view of lookUpObjects(registry, kindOf(kind).collection, project)) {
      const name = nameOf(view);
      const alike = registered.get(name.toLowerCase()) ?? [];
      registered.set(name.toLowerCase(), [...alike, { name, kind, stays: kindOf(kind).isForeign(view) }]);
    }
  }
  for (const { name, kind } of viewsOf(contents)) {
    const clash = registered
      .get(name.toLowerCase())
      ?.find((other) => other.kind !== kind || (other.stays && other.name !== name));
    if (clash === undefined) continue;
    throw new CodedError(
      'NAME_CONFLICT',
      `${kindOf(kind).label} "${name}": project "${project}" has the ${kindOf(clash.kind).label} "${clash.name}"; choose another name, or delete that one first (feast delete ${clash.name})`,
    );
  }
}

function checkEntities({ contents, registry, project }: PlanRequest): void {
  const known = new Set([
    ...contents.entities.map((entity) => entity.name),
    ...lookUpObjects(registry, 'entities', project).map(nameOf),
  ]);
  for (const view of viewsOf(contents) as readonly AnyView[]) {
    const unknown = view.entities.find((name) => !known.has(name));
    if (unknown === undefined) continue;
    throw new CodedError(
      'ENTITY_NOT_FOUND',
      `${kindOf(view.kind).label} "${view.name}": no entity "${unknown}" is declared or registered.${didYouMean(unknown, known)}`,
    );
  }
}
