import {
  encodeDataSource,
  encodeEntity,
  encodeFeatureService,
  encodeFeatureView,
  encodeProject,
  feast,
} from '../codec/index.js';
import type { FeatureView, FileSource, Project } from '../definitions/index.js';
import {
  type DefinitionKind,
  findObject,
  KINDS,
  nameOf,
  objectsOf,
  type RegistryProto,
  VIEW_COLLECTIONS,
} from '../registry/index.js';
import type { RepositoryContents } from '../repository/index.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';
import {
  foreignNeeds,
  isForeignService,
  isForeignSource,
  isForeignView,
  type Needs,
} from './foreign-objects.js';
import { type InfraChange, type InfraFor, planInfra } from './infra-plan.js';
import { diffSpecs, type PropertyChange } from './spec-diff.js';

/** A change of one registered object. `proto` is what is to be registered; a deletion has none. */
export interface ObjectChange {
  readonly action: 'create' | 'update' | 'delete';
  readonly kind: DefinitionKind;
  readonly name: string;
  /** of an update */
  readonly properties: readonly PropertyChange[];
  readonly proto: object | undefined;
}

export interface ApplyPlan {
  readonly project: string;
  /** by kind: project, data source, entity, feature view, feature service; created, deleted, updated */
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
export function planApply(request: PlanRequest): ApplyPlan {
  const { contents, project, registry } = request;
  const needs = foreignNeeds(registry, project);
  checkViewNames(request);
  checkEntities(request);

  const desired = encodeDesired(request);
  const changes: ObjectChange[] = [];
  const kept: ApplyPlan['kept'][number][] = [];
  for (const kind of ORDER) {
    const protos = desired[kind];
    changes.push(...protos.filter(({ action }) => action === 'create'));
    if (request.partial !== true) {
      const names = new Set(protos.map(({ name }) => name));
      for (const name of deletable(registry, project, kind).filter((other) => !names.has(other))) {
        const neededBy = kind in needs ? needs[kind as keyof Needs].get(name) : undefined;
        if (neededBy !== undefined) kept.push({ kind, name, neededBy });
        else changes.push({ action: 'delete', kind, name, properties: [], proto: undefined });
      }
    }
    changes.push(...protos.filter((change) => change.action === 'update' && change.properties.length > 0));
  }
  return { project, changes, infra: planTables(request, contents.featureViews, kept), kept };
}

const ORDER = ['project', 'data_source', 'entity', 'feature_view', 'feature_service'] as const;

function planTables(
  request: PlanRequest,
  views: readonly FeatureView[],
  kept: ApplyPlan['kept'],
): InfraChange[] {
  const { infraFor, registry, project } = request;
  if (infraFor === undefined) return [];
  const staying = new Set(kept.filter(({ kind }) => kind === 'feature_view').map(({ name }) => name));
  if (request.partial === true) {
    const declared = new Set(views.map((view) => view.name));
    for (const name of objectsOf(registry, 'featureViews', project).map(nameOf)) {
      if (!declared.has(name)) staying.add(name);
    }
  }
  return planInfra(
    registry,
    project,
    views.filter((view) => view.online),
    staying,
    infraFor,
  );
}

/** The protos of everything declared; an update without properties is no change. */
function encodeDesired(request: PlanRequest): Record<(typeof ORDER)[number], ObjectChange[]> {
  const { contents, project, registry, now } = request;
  const { core } = feast;
  const sources = new Map<string, feast.core.DataSource>();
  const views = new Map<string, feast.core.FeatureView>();

  const data_source = (contents.sources as readonly FileSource[]).map((source) => {
    const old = findObject(registry, 'dataSources', project, source.name) as
      | feast.core.DataSource
      | undefined;
    const proto = encodeDataSource(source, project, old, now);
    const properties = old && diffSpecs(core.DataSource, old, proto);
    sources.set(source.name, properties?.length === 0 ? old! : proto);
    return changeOf('data_source', source.name, proto, properties);
  });
  const feature_view = contents.featureViews.map((view) => {
    const old = findObject(registry, 'featureViews', project, view.name) as
      | feast.core.FeatureView
      | undefined;
    const proto = encodeFeatureView(view, project, sources.get(view.source.name)!, old, now);
    const properties = old && diffSpecs(core.FeatureViewSpec, old.spec ?? {}, proto.spec ?? {});
    views.set(view.name, properties?.length === 0 ? old! : proto);
    return changeOf('feature_view', view.name, proto, properties);
  });
  const entity = contents.entities.map((declared) => {
    const old = findObject(registry, 'entities', project, declared.name) as feast.core.Entity | undefined;
    const proto = encodeEntity(declared, project, old, now);
    return changeOf(
      'entity',
      declared.name,
      proto,
      old && diffSpecs(core.EntitySpecV2, old.spec ?? {}, proto.spec ?? {}),
    );
  });
  const viewProto = (name: string, service: string) => {
    const view = views.get(name) ?? findObject(registry, 'featureViews', project, name);
    if (view !== undefined) return view as feast.core.FeatureView;
    throw new CodedError(
      'FEATURE_VIEW_NOT_FOUND',
      `feature service "${service}": project "${project}" has no feature view "${name}".${didYouMean(name, views.keys())}`,
    );
  };
  const feature_service = contents.featureServices.map((service) => {
    const old = findObject(registry, 'featureServices', project, service.name) as
      | feast.core.FeatureService
      | undefined;
    const proto = encodeFeatureService(service, project, (name) => viewProto(name, service.name), old, now);
    const properties = old && diffSpecs(core.FeatureServiceSpec, old.spec ?? {}, proto.spec ?? {});
    return changeOf('feature_service', service.name, proto, properties);
  });
  return { project: [encodeDesiredProject(request)], data_source, entity, feature_view, feature_service };
}

/** Without a declared project only the description of feature_store.yaml is said; what is registered else stays. */
function encodeDesiredProject(request: PlanRequest): ObjectChange {
  const { contents, project, registry, now, projectDescription } = request;
  const old = findObject(registry, 'projects', project, project) as feast.core.Project | undefined;
  const desired: Project = contents.project ?? {
    kind: 'project',
    name: project,
    description: projectDescription || (old?.spec?.description ?? ''),
    tags: old?.spec?.tags ?? {},
    owner: old?.spec?.owner ?? '',
  };
  const proto = encodeProject(desired, old, now);
  const properties = old && diffSpecs(feast.core.ProjectSpec, old.spec ?? {}, proto.spec ?? {});
  return changeOf('project', project, proto, properties);
}

/** @param properties undefined: nothing is registered under that name */
function changeOf(
  kind: DefinitionKind,
  name: string,
  proto: object,
  properties: readonly PropertyChange[] | undefined,
): ObjectChange {
  return {
    action: properties === undefined ? 'create' : 'update',
    kind,
    name,
    properties: properties ?? [],
    proto,
  };
}

/** Names of registered objects that apply may delete: those that could be declared here. */
function deletable(registry: RegistryProto, project: string, kind: (typeof ORDER)[number]): string[] {
  if (kind === 'project') return [];
  const objects = objectsOf(registry, KINDS[kind].collection, project) as object[];
  const isForeign = (proto: object) =>
    (kind === 'data_source' && isForeignSource(proto)) ||
    (kind === 'feature_view' && isForeignView(proto)) ||
    (kind === 'feature_service' && isForeignService(registry, project, proto));
  return objects.filter((proto) => !isForeign(proto)).map(nameOf);
}

/** Feast: _validate_feature_views and _check_conflicting_feature_view_names, over views of all types. */
function checkViewNames({ contents, registry, project }: PlanRequest): void {
  const registered = (Object.keys(VIEW_COLLECTIONS) as (keyof typeof VIEW_COLLECTIONS)[]).flatMap(
    (collection) =>
      objectsOf(registry, collection, project)
        .filter((view) => collection !== 'featureViews' || isForeignView(view))
        .map((view) => ({ name: nameOf(view), label: VIEW_COLLECTIONS[collection] })),
  );
  for (const { name } of contents.featureViews) {
    const clash = registered.find((other) => other.name.toLowerCase() === name.toLowerCase());
    if (clash !== undefined) {
      throw new CodedError(
        'NAME_CONFLICT',
        `feature view "${name}": project "${project}" has the ${clash.label} "${clash.name}", which cannot be declared here; choose another name, or delete that one with Python Feast`,
      );
    }
  }
  const sources = objectsOf(registry, 'dataSources', project).filter(isForeignSource);
  for (const { name } of contents.sources) {
    if (sources.some((other) => other.name === name)) {
      throw new CodedError(
        'NAME_CONFLICT',
        `data source "${name}": project "${project}" has one of that name which is no file source; choose another name`,
      );
    }
  }
}

function checkEntities({ contents, registry, project }: PlanRequest): void {
  const known = new Set([
    ...contents.entities.map((entity) => entity.name),
    ...objectsOf(registry, 'entities', project).map(nameOf),
  ]);
  for (const view of contents.featureViews) {
    const unknown = view.entities.find((name) => !known.has(name));
    if (unknown !== undefined) {
      throw new CodedError(
        'ENTITY_NOT_FOUND',
        `feature view "${view.name}": no entity "${unknown}" is declared or registered.${didYouMean(unknown, known)}`,
      );
    }
  }
}
