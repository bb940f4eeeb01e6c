/**
 * Look-ups in lists that are being edited. What is known of a list is kept along with every edit made here; when the
 * list was changed in another way, it is found out and the list is walked anew.
 */
import type { feast } from '../codec/index.js';
import { type Collection, nameOf, projectOf } from './collections.js';

interface KnownList {
  readonly byName: Map<string, object>;
  /** two of one name: the first counts, and which that is an edit may change */
  readonly isAmbiguous: boolean;
  length: number;
  last: object | undefined;
}

const known = new WeakMap<readonly object[], KnownList>();

function keyOf(collection: Collection, proto: object): string {
  return JSON.stringify([projectOf(collection, proto), nameOf(proto)]);
}

function walk(list: readonly object[], collection: Collection): KnownList {
  const byName = new Map<string, object>();
  for (const proto of list) {
    const key = keyOf(collection, proto);
    if (!byName.has(key)) byName.set(key, proto);
  }
  const found = { byName, isAmbiguous: byName.size < list.length, length: list.length, last: list.at(-1) };
  known.set(list, found);
  return found;
}

function knownOf(list: readonly object[], collection: Collection): KnownList {
  const found = known.get(list);
  const isCurrent = found !== undefined && found.length === list.length && found.last === list.at(-1);
  return isCurrent ? found : walk(list, collection);
}

/** Where in the list an object of a project is; -1: nowhere. */
export function positionOf(
  list: readonly object[],
  collection: Collection,
  project: string,
  name: string,
): number {
  const key = JSON.stringify([project, name]);
  const proto = knownOf(list, collection).byName.get(key);
  if (proto === undefined) return -1;
  const position = list.indexOf(proto);
  if (position >= 0 && keyOf(collection, proto) === key) return position;
  // it was put elsewhere, or renamed, behind our back
  const again = walk(list, collection).byName.get(key);
  return again === undefined ? -1 : list.indexOf(again);
}

/** Takes out what is at a position. */
export function removeAt(list: object[], collection: Collection, position: number): void {
  const index = knownOf(list, collection);
  const [proto] = list.splice(position, 1);
  if (proto === undefined || index.isAmbiguous) {
    known.delete(list);
    return;
  }
  index.byName.delete(keyOf(collection, proto));
  note(index, list);
}

/** Puts another object of the same name at a position. */
export function replaceAt(list: object[], collection: Collection, position: number, proto: object): void {
  const index = knownOf(list, collection);
  list[position] = proto;
  index.byName.set(keyOf(collection, proto), proto);
  note(index, list);
}

/** Adds an object whose name nothing in the list has. */
export function append(list: object[], collection: Collection, proto: object): void {
  const index = knownOf(list, collection);
  list.push(proto);
  index.byName.set(keyOf(collection, proto), proto);
  note(index, list);
}

function note(index: KnownList, list: readonly object[]): void {
  index.length = list.length;
  index.last = list.at(-1);
}

type Version = feast.core.FeatureViewVersionRecord.$Properties;

interface KnownVersions {
  readonly byView: Map<string, Version[]>;
  length: number;
  last: Version | undefined;
}

const knownVersions = new WeakMap<readonly Version[], KnownVersions>();

/** The versions of a view in a history to which records are only ever added. */
export function versionsOf(records: readonly Version[], project: string, view: string): readonly Version[] {
  let index = knownVersions.get(records);
  const isPrefix = index !== undefined && (index.length === 0 || records[index.length - 1] === index.last);
  if (index === undefined || !isPrefix) index = { byView: new Map(), length: 0, last: undefined };
  for (const record of records.slice(index.length)) {
    const key = JSON.stringify([record.projectId ?? '', record.featureViewName ?? '']);
    const versions = index.byView.get(key);
    if (versions === undefined) index.byView.set(key, [record]);
    else versions.push(record);
  }
  index.length = records.length;
  index.last = records.at(-1);
  knownVersions.set(records, index);
  return index.byView.get(JSON.stringify([project, view])) ?? [];
}
