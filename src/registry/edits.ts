/** Changes of a registry that is being edited: a private copy, written as a whole when the edit is done. */
import { randomUUID } from 'node:crypto';
import { encodeProject, feast } from '../codec/index.js';
import {
  COLLECTIONS,
  type Collection,
  findObject,
  nameOf,
  type ProtoIn,
  projectOf,
  type RegistryProto,
} from './collections.js';
import { append, positionOf, removeAt } from './draft-lists.js';

/** Takes an object out; nothing happens where there is none. */
export function removeObject(
  draft: RegistryProto,
  collection: Collection,
  project: string,
  name: string,
): void {
  const list = draft[collection] as object[];
  const position = positionOf(list, collection, project, name);
  if (position >= 0) removeAt(list, collection, position);
}

/** Puts an object in at the end, in place of the one of its name: an update is delete and append, as in Feast. */
export function putObject<C extends Collection>(
  draft: RegistryProto,
  collection: C,
  project: string,
  proto: ProtoIn<C>,
): void {
  removeObject(draft, collection, project, nameOf(proto));
  append(draft[collection] as object[], collection, proto);
}

/**
 * Makes sure that a project is registered: a Project, and a ProjectMetadata with a new uuid unless the registry is
 * configured to have none. Feast: registry.py, _prepare_registry_for_changes.
 * @param now microseconds since the epoch
 */
export function ensureProject(
  draft: RegistryProto,
  name: string,
  options: { readonly metadata: boolean; readonly now: bigint },
): void {
  if (findObject(draft, 'projects', name, name) !== undefined) return;
  const project = { kind: 'project', name, description: '', tags: {}, owner: '' } as const;
  draft.projects.push(encodeProject(project, undefined, options.now));
  if (options.metadata && !draft.projectMetadata.some((metadata) => metadata.project === name)) {
    draft.projectMetadata.push(new feast.core.ProjectMetadata({ project: name, projectUuid: randomUUID() }));
  }
}

/** Takes out everything that belongs to a project, and nothing else. */
export function removeProject(draft: RegistryProto, project: string): void {
  for (const collection of COLLECTIONS) {
    const list = draft[collection] as object[];
    const kept = list.filter((proto) => projectOf(collection, proto) !== project);
    list.splice(0, list.length, ...kept);
  }
  draft.projectMetadata = draft.projectMetadata.filter((metadata) => metadata.project !== project);
  const history = draft.featureViewVersionHistory;
  if (history?.records) history.records = history.records.filter((record) => record.projectId !== project);
}
