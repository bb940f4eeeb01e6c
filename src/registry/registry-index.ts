/** Look-ups in a registry that does not change meanwhile: each list is walked once, when it is first asked for. */
import { type Collection, nameOf, type ProtoIn, projectOf, type RegistryProto } from './collections.js';

interface ProjectObjects {
  /** in the registry's order */
  readonly all: object[];
  readonly byName: Map<string, object>;
}
type ByProject = ReadonlyMap<string, ProjectObjects>;

function indexByProject(registry: RegistryProto, collection: Collection): ByProject {
  const projects = new Map<string, ProjectObjects>();
  for (const proto of registry[collection] as object[]) {
    const project = projectOf(collection, proto);
    const objects: ProjectObjects = projects.get(project) ?? { all: [], byName: new Map() };
    projects.set(project, objects);
    objects.all.push(proto);
    // of two of one name the first is the one, as in a walk through the list
    if (!objects.byName.has(nameOf(proto))) objects.byName.set(nameOf(proto), proto);
  }
  return projects;
}

/** Objects of a registry by collection, project and name. It knows nothing of edits that come after it. */
export interface RegistryIndex {
  find<C extends Collection>(collection: C, project: string, name: string): ProtoIn<C> | undefined;
  /** in the registry's order */
  all<C extends Collection>(collection: C, project: string): readonly ProtoIn<C>[];
}

/** An index of a registry as it is now; nothing is walked before it is asked for. */
export function indexRegistry(registry: RegistryProto): RegistryIndex {
  const collections = new Map<Collection, ByProject>();
  function objectsIn(collection: Collection, project: string): ProjectObjects | undefined {
    const projects = collections.get(collection) ?? indexByProject(registry, collection);
    collections.set(collection, projects);
    return projects.get(project);
  }
  return {
    find: <C extends Collection>(collection: C, project: string, name: string) =>
      objectsIn(collection, project)?.byName.get(name) as ProtoIn<C> | undefined,
    all: <C extends Collection>(collection: C, project: string) =>
      (objectsIn(collection, project)?.all ?? []) as ProtoIn<C>[],
  };
}

const indexes = new WeakMap<RegistryProto, RegistryIndex>();

function indexOf(registry: RegistryProto): RegistryIndex {
  const index = indexes.get(registry) ?? indexRegistry(registry);
  indexes.set(registry, index);
  return index;
}

/** As `findObject`, for a registry that nobody edits. */
export function lookUpObject<C extends Collection>(
  registry: RegistryProto,
  collection: C,
  project: string,
  name: string,
): ProtoIn<C> | undefined {
  return indexOf(registry).find(collection, project, name);
}

/** As `objectsOf`, for a registry that nobody edits. */
export function lookUpObjects<C extends Collection>(
  registry: RegistryProto,
  collection: C,
  project: string,
): readonly ProtoIn<C>[] {
  return indexOf(registry).all(collection, project);
}
