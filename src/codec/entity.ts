import { type Entity, feastTypeOf, valueTypeNumber } from '../definitions/index.js';
import { cloneMessage, feast } from './feast.js';
import { stamp } from './meta.js';

const { Entity: Proto, EntityMeta, EntitySpecV2 } = feast.core;

/**
 * The proto of an entity. Feast: entity.py:191-213.
 * @param existing what the registry holds: its creation time, and fields unknown here, are kept
 * @param now microseconds since the epoch
 */
export function encodeEntity(
  entity: Entity,
  project: string,
  existing: feast.core.Entity | undefined,
  now: bigint,
): feast.core.Entity {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  proto.spec = Object.assign(proto.spec ?? new EntitySpecV2(), {
    name: entity.name,
    project,
    valueType: entity.valueType === undefined ? 0 : valueTypeNumber(entity.valueType),
    description: entity.description,
    joinKey: entity.joinKey,
    tags: { ...entity.tags },
    owner: entity.owner,
  });
  proto.meta = stamp(proto.meta ?? new EntityMeta(), now);
  return proto;
}

export function decodeEntity(proto: feast.core.Entity): Entity {
  const spec = proto.spec ?? {};
  return Object.freeze({
    kind: 'entity',
    name: spec.name ?? '',
    joinKey: spec.joinKey ?? '',
    valueType: feastTypeOf(spec.valueType ?? 0),
    description: spec.description ?? '',
    tags: spec.tags ?? {},
    owner: spec.owner ?? '',
  });
}
