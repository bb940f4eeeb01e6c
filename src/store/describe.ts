import { feast, type Json, toJson } from '../codec/index.js';
import {
  COLLECTIONS,
  type Collection,
  type DefinitionKind,
  findObject,
  KINDS,
  kindOf,
  nameOf,
  objectsOf,
  type RegistryProto,
  VIEW_KINDS,
} from '../registry/index.js';

/** As Feast prints objects: MessageToJson without preserving_proto_field_name. */
const CAMEL_CASE = { preserveNames: false } as const;

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
  const [lists] = Object.values(
    toJson(feast.core.Registry, registryOf({ [collection]: [found] }), CAMEL_CASE),
  );
  return (lists as Json[])[0]!;
}

/** What a registry holds of one project, as protobuf JSON: a list for each kind of object. */
export function dumpProject(registry: RegistryProto, project: string): Json {
  const lists = COLLECTIONS.map((collection) => [collection, objectsOf(registry, collection, project)]);
  return toJson(feast.core.Registry, registryOf(Object.fromEntries(lists)), CAMEL_CASE);
}

function registryOf(lists: Partial<Record<Collection, object[]>>): RegistryProto {
  return Object.assign(new feast.core.Registry(), lists);
}

/** The state of each view by name, in Feast's words. */
export function viewStates(registry: RegistryProto, project: string): Map<string, string> {
  const { FeatureViewState } = feast.core;
  const states = new Map<string, string>();
  for (const kind of VIEW_KINDS) {
    for (const view of objectsOf(registry, kindOf(kind).collection, project)) {
      const { meta } = view as { meta?: { state?: number | null } | null };
      states.set(nameOf(view), FeatureViewState[meta?.state ?? 0] ?? String(meta?.state));
    }
  }
  return states;
}
