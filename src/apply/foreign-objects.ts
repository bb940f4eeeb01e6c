/**
 * Objects that Python registered and that cannot be declared here. Apply leaves them alone, and keeps what they are
 * built on.
 */
import type { feast } from '../codec/index.js';
import {
  DEFINITION_KINDS,
  type DefinitionKind,
  kindOf,
  nameOf,
  objectsOf,
  type ReferencedKind,
  type RegistryProto,
  referencesOf,
  VIEW_KINDS,
} from '../registry/index.js';

/** Names that must stay, by kind (`feature_view`: views of any kind), each with the object that needs it. */
export type Needs = Readonly<Record<ReferencedKind, ReadonlyMap<string, string>>>;

/** Whether a registered object is kept although it is not declared. */
export function isForeignObject(
  registry: RegistryProto,
  project: string,
  kind: DefinitionKind,
  proto: object,
): boolean {
  if (kind === 'feature_service') return isForeignService(registry, project, proto);
  return kindOf(kind).isForeign(proto);
}

/** A service that serves features of something that cannot be declared, or is gone. */
function isForeignService(
  registry: RegistryProto,
  project: string,
  service: feast.core.FeatureService.$Properties,
): boolean {
  const declarable = new Set(
    VIEW_KINDS.flatMap((kind) =>
      objectsOf(registry, kindOf(kind).collection, project)
        .filter((view) => !kindOf(kind).isForeign(view))
        .map(nameOf),
    ),
  );
  return (service.spec?.features ?? []).some((part) => !declarable.has(part.featureViewName ?? ''));
}

/** What the objects of a project that apply keeps are built on, directly and through others. */
export function foreignNeeds(registry: RegistryProto, project: string): Needs {
  const needs = {
    entity: new Map<string, string>(),
    data_source: new Map<string, string>(),
    feature_view: new Map<string, string>(),
    saved_dataset: new Map<string, string>(),
  };
  const visit = (kind: DefinitionKind, proto: object, by: string) => {
    for (const reference of referencesOf(kindOf(kind).collection, proto)) {
      if (needs[reference.kind].has(reference.name)) continue;
      needs[reference.kind].set(reference.name, by);
      const kinds: readonly DefinitionKind[] =
        reference.kind === 'feature_view' ? VIEW_KINDS : [reference.kind];
      for (const needed of kinds) {
        const objects = objectsOf(registry, kindOf(needed).collection, project) as object[];
        const found = objects.find((object) => nameOf(object) === reference.name);
        if (found !== undefined) visit(needed, found, by);
      }
    }
  };
  for (const kind of DEFINITION_KINDS) {
    for (const proto of objectsOf(registry, kindOf(kind).collection, project)) {
      if (!isForeignObject(registry, project, kind, proto)) continue;
      visit(kind, proto, `${kindOf(kind).label} "${nameOf(proto)}"`);
    }
  }
  return needs;
}
