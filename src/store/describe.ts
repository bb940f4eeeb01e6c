import { feast, type Json, toJson } from '../codec/index.js';
import {
  COLLECTIONS,
  type Collection,
  type DefinitionKind,
  findObject,
  KINDS,
  objectsOf,
  type RegistryProto,
} from '../registry/index.js';

/** A registered object as protobuf JSON; null where there is none. */
export function describeObject(
  registry: RegistryProto,
  kind: DefinitionKind,
  project: string,
  name: string,
): Json {
  const { collection } = KINDS[kind];
  const found = findObject(registry, collection, project, name);
  if (found === undefined) return null;
  const [lists] = Object.values(toJson(feast.core.Registry, registryOf({ [collection]: [found] })));
  return (lists as Json[])[0]!;
}

/** What a registry holds of one project, as protobuf JSON: a list for each kind of object. */
export function dumpProject(registry: RegistryProto, project: string): Json {
  const lists = COLLECTIONS.map((collection) => [collection, objectsOf(registry, collection, project)]);
  return toJson(feast.core.Registry, registryOf(Object.fromEntries(lists)));
}

function registryOf(lists: Partial<Record<Collection, object[]>>): RegistryProto {
  return Object.assign(new feast.core.Registry(), lists);
}
