import { feast } from '../codec/index.js';
import type { FeatureView } from '../definitions/index.js';
import type { InfraObject } from '../online/online-store.js';
import {
  COLLECTIONS,
  nameOf,
  objectsOf,
  projectOf,
  type RegistryProto,
  VIEW_COLLECTIONS,
} from '../registry/index.js';
import { registeredTables, viewNamed } from './online-tables.js';

const { Infra, InfraObject: InfraProto, SqliteTable } = feast.core;

/** Feast: infra/infra_object.py, SQLITE_INFRA_OBJECT_CLASS_TYPE. */
const SQLITE_TABLE_CLASS = 'feast.infra.online_stores.sqlite.SqliteTable';

export interface InfraChange {
  readonly action: 'create' | 'update' | 'delete';
  readonly object: InfraObject;
  /** the location it had, for an update */
  readonly before?: string;
  /** what is lost by it; undefined: nothing */
  readonly loss?: string | undefined;
}

/** Names the infrastructure of a view, given its project: an online store's `infraFor`. */
export type InfraFor = (project: string, view: FeatureView) => InfraObject;

/**
 * What an apply changes in the online store.
 *
 * A table is created for every online view that had none. It is dropped when its view goes or leaves the online
 * store, or when an earlier apply recorded it and died before the drop; never when any view of any project would
 * lie in it. A store that moved gets new tables, and the old place is left alone.
 * @param desired the views that are to be online
 */
export function planInfra(
  registry: RegistryProto,
  project: string,
  desired: readonly FeatureView[],
  keptViews: ReadonlySet<string>,
  infraFor: InfraFor,
): InfraChange[] {
  const recorded = new Map(recordedTables(registry).map((object) => [keyOf(object), object]));
  const registered = registeredTables(registry, project);
  const before = new Map(registered.map((view) => entryOf(infraFor(project, view))));
  const after = new Map(desired.map((view) => entryOf(infraFor(project, view))));

  const changes: InfraChange[] = [];
  for (const [key, object] of after) {
    const old = recorded.get(key);
    if (old !== undefined && old.location !== object.location) {
      changes.push({ action: 'update', object, before: old.location });
    } else if (old === undefined && !before.has(key)) changes.push({ action: 'create', object });
  }
  const stays = new Set(after.keys());
  for (const view of registered) {
    if (keptViews.has(view.name)) stays.add(keyOf(infraFor(project, view)));
  }
  for (const [key, object] of before) {
    if (!stays.has(key)) changes.push({ action: 'delete', object, loss: 'its rows are lost' });
  }
  for (const object of orphans(registry, project, [...after.values(), ...before.values()], infraFor)) {
    // its view went with an apply that died before this drop: nobody's any more, so nothing is lost
    if (!stays.has(keyOf(object))) changes.push({ action: 'delete', object });
  }
  return changes;
}

/** Everything of a project in the online store, for a teardown. */
export function infraOfProject(registry: RegistryProto, project: string, infraFor: InfraFor): InfraObject[] {
  // some stores find what to drop by join keys and features
  const views = new Map(registeredTables(registry, project).map((view) => [view.name, view]));
  const objects = viewNames(registry, project).map((name) =>
    infraFor(project, views.get(name) ?? viewNamed(name)),
  );
  return [...objects, ...orphans(registry, project, objects, infraFor)];
}

/** Records what is created; what is to be dropped stays recorded until `forgetInfra`, so that a crash cannot lose it. */
export function recordInfra(draft: RegistryProto, changes: readonly InfraChange[]): void {
  const tables = changes.map((change) => change.object).filter((object) => object.type === 'sqlite table');
  if (tables.length === 0) return;
  draft.infra ??= new Infra();
  draft.infra.infraObjects ??= [];
  const objects = draft.infra.infraObjects;
  for (const { name, location } of tables) {
    const sqliteTable = new SqliteTable({ path: location, name });
    const known = objects.find((object) => object.sqliteTable?.name === name);
    if (known !== undefined) known.sqliteTable = sqliteTable;
    else objects.push(new InfraProto({ infraObjectClassType: SQLITE_TABLE_CLASS, sqliteTable }));
  }
}

/** Takes what was dropped out of the record. */
export function forgetInfra(draft: RegistryProto, dropped: readonly InfraObject[]): void {
  if (!draft.infra?.infraObjects) return;
  const names = new Set(dropped.map((object) => object.name));
  draft.infra.infraObjects = draft.infra.infraObjects.filter(
    (object) => !object.sqliteTable?.name || !names.has(object.sqliteTable.name),
  );
}

/** Two names that differ in case only are one table in SQLite. */
function keyOf(object: InfraObject): string {
  return `${object.type} ${object.name.toLowerCase()}`;
}

function entryOf(object: InfraObject): [string, InfraObject] {
  return [keyOf(object), object];
}

function recordedTables(registry: RegistryProto): InfraObject[] {
  return (registry.infra?.infraObjects ?? []).flatMap(({ sqliteTable }) =>
    sqliteTable?.name
      ? [{ type: 'sqlite table', name: sqliteTable.name, location: sqliteTable.path ?? '' }]
      : [],
  );
}

/**
 * Recorded tables of a project in which no registered view lies: left behind by an apply that died. Version tables
 * of Feast (`<table>_v2`) belong to their view.
 */
function orphans(
  registry: RegistryProto,
  project: string,
  known: readonly InfraObject[],
  infraFor: InfraFor,
): InfraObject[] {
  const place = infraFor(project, viewNamed(''));
  const owned = new Set(known.map(keyOf));
  for (const other of projectNames(registry)) {
    for (const name of viewNames(registry, other)) owned.add(keyOf(infraFor(other, viewNamed(name))));
  }
  return recordedTables(registry).filter(
    (object) =>
      object.type === place.type &&
      object.location === place.location &&
      object.name.startsWith(`${project}_`) &&
      !owned.has(keyOf(object)) &&
      !owned.has(keyOf({ ...object, name: object.name.replace(/_v\d+$/, '') })),
  );
}

function projectNames(registry: RegistryProto): Set<string> {
  return new Set(
    COLLECTIONS.flatMap((collection) =>
      (registry[collection] as object[]).map((proto) => projectOf(collection, proto)),
    ),
  );
}

function viewNames(registry: RegistryProto, project: string): string[] {
  const collections = Object.keys(VIEW_COLLECTIONS) as (keyof typeof VIEW_COLLECTIONS)[];
  return collections.flatMap((collection) => objectsOf(registry, collection, project).map(nameOf));
}
