/** The tables that views of all kinds have in an online store. */
import { decodeFeatureView, feast } from '../codec/index.js';
import type { AnyView, FeatureView } from '../definitions/index.js';
import { kindOf, objectsOf, type RegistryProto, VIEW_KINDS } from '../registry/index.js';
import { type RepositoryContents, viewsOf } from '../repository/index.js';

const { FeatureView: Proto, FeatureViewSpec } = feast.core;

/** Declared views that are to have a table. Feast: feature_store.py:1857-1869, tables_to_keep. */
export function declaredTables(contents: RepositoryContents): FeatureView[] {
  return viewsOf(contents).filter(isOnline).map(tableOf);
}

/** Registered views that have a table, without those that Python alone can compute. */
export function registeredTables(registry: RegistryProto, project: string): FeatureView[] {
  return VIEW_KINDS.flatMap((kind) => {
    const { collection, decode, isForeign } = kindOf(kind);
    return objectsOf(registry, collection, project)
      .filter((proto) => !isForeign(proto))
      .map((proto) => decode(proto) as AnyView);
  })
    .filter(isOnline)
    .map(tableOf);
}

function isOnline(view: AnyView): boolean {
  return view.kind === 'on_demand_feature_view' ? view.writeToOnlineStore : view.online;
}

/** What an online store needs to know of a view: its name and columns. */
function tableOf(view: AnyView): FeatureView {
  if (view.kind === 'feature_view') return view;
  const { name, entities, entityColumns, features } = view;
  return { ...viewNamed(name), entities, entityColumns, features, online: true };
}

/** A view of which nothing counts but the name: tables are named after it. */
export function viewNamed(name: string): FeatureView {
  return decodeFeatureView(new Proto({ spec: new FeatureViewSpec({ name }) }));
}
