/** Look-ups in a registry that is not going to change: each list is walked once, when it is first asked for. */
import { type Collection, nameOf, type ProtoIn, projectOf, type RegistryProto } from './collections.js';

interface ProjectObjects {
  /** in the registry's order */
  readonly all: object[];
  readonly byName: Map<string, object>;
}
type ByProject = ReadonlyMap<string, ProjectObjects>;

const indexes = new WeakMap<RegistryProto, Map<Collection, ByProject>>();

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

function indexOf(registry: RegistryProto, collection: Collection): ByProject {
  const index = indexes.get(registry) ?? new Map<Collection, ByProject>();
  indexes.set(registry, index);
  const projects = index.get(collection) ?? indexByProject(registry, collection);
  index.set(collection, projects);
  return projects;
}

/** As `findObject`, for a registry that nobody edits. */
export function lookUpObject<C extends Collection>(
  registry: RegistryProto,
  collection: C,
  project: string,
  name: string,
): ProtoIn<C> | undefined {
  return indexOf(registry, collection).get(project)?.byName.get(name) as ProtoIn<C> | undefined;
}

/** As `objectsOf`, for a registry that nobody edits. */
export function lookUpObjects<C extends Collection>(
  registry: RegistryProto,
  collection: C,
  project: string,
): readonly ProtoIn<C>[] {
  return (indexOf(registry, collection).get(project)?.all ?? []) as ProtoIn<C>[];
}
