import type { Project } from '../definitions/index.js';
import { cloneMessage, feast } from './feast.js';
import { stamp } from './meta.js';

const { Project: Proto, ProjectMeta, ProjectSpec } = feast.core;

/**
 * The proto of a project.
 * @param existing what the registry holds: its creation time, and fields unknown here, are kept
 * @param now microseconds since the epoch
 */
export function encodeProject(
  project: Project,
  existing: feast.core.Project | undefined,
  now: bigint,
): feast.core.Project {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  proto.spec = Object.assign(proto.spec ?? new ProjectSpec(), {
    name: project.name,
    description: project.description,
    tags: { ...project.tags },
    owner: project.owner,
  });
  proto.meta = stamp(proto.meta ?? new ProjectMeta(), now);
  return proto;
}

export function decodeProject(proto: feast.core.Project): Project {
  const { name = '', description, tags, owner } = proto.spec ?? {};
  return Object.freeze({
    kind: 'project',
    name: name ?? '',
    description: description ?? '',
    tags: tags ?? {},
    owner: owner ?? '',
  });
}
