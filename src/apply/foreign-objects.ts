/**
 * Objects that Python registered and that cannot be declared here. Apply leaves them alone, and keeps what they are
 * built on.
 */
import type { feast } from '../codec/index.js';
import {
  DEFINITION_KINDS,
  type DefinitionKind,
  kindOf,
  lookUpObject,
  lookUpObjects,
  nameOf,
  type ReferencedKind,
  type RegistryProto,
  referencesOf,
  VIEW_KINDS,
} from '../registry/index.js';

/** Names that must stay, by kind (`feature_view`: views of any kind), each with the object that needs it. */
export type Needs = Readonly<Record<ReferencedKind, ReadonlyMap<string, string>>>;

/** What apply keeps of a project although it is not declared. */
export interface ForeignObjects {
  has(kind: DefinitionKind, proto: object): boolean;
  /** what they are built on, directly and through others */
  readonly needs: Needs;
}

/** @param registry one that nobody edits meanwhile */
export function foreignObjects(registry: RegistryProto, project: string): ForeignObjects {
  const declarable = new Set(
    VIEW_KINDS.flatMap((kind) =>
      (lookUpObjects(registry, kindOf(kind).collection, project) as object[])
        .filter((view) => !kindOf(kind).isForeign(view))
        .map(nameOf),
    ),
  );
  // a service of something that cannot be declared, or is gone, cannot be declared either
  const isForeignService = (service: feast.core.FeatureService.$Properties) =>
    (service.spec?.features ?? []).some((part) => !declarable.has(part.featureViewName ?? ''));
  const has = (kind: DefinitionKind, proto: object) =>
    kind === 'feature_service' ? isForeignService(proto) : kindOf(kind).isForeign(proto);

  const needs = {
    entity: new Map<string, string>(),
    data_source: new Map<string, string>(),
    feature_view: new Map<string, string>(),
    saved_dataset: new Map<string, string>(),
  };
  const visit = (kind: DefinitionKind, proto: object, by: string) => {
    for (const { kind: needed, name } of referencesOf(kindOf(kind).collection, proto)) {
      if (needs[needed].has(name)) continue;
      needs[needed].set(name, by);
      for (const one of needed === 'feature_view' ? VIEW_KINDS : [needed]) {
        const found = lookUpObject(registry, kindOf(one).collection, project, name);
        if (found !== undefined) visit(one, found, by);
      }
    }
  };
  for (const kind of DEFINITION_KINDS) {
    for (const proto of lookUpObjects(registry, kindOf(kind).collection, project)) {
      if (has(kind, proto)) visit(kind, proto, `${kindOf(kind).label} "${nameOf(proto)}"`);
    }
  }
  return { has, needs };
}
