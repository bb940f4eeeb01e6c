import { type FeastType, type Field, feastTypeOf, valueTypeNumber } from '../definitions/index.js';
import { cloneMessage, feast } from './feast.js';

const { FeatureSpecV2 } = feast.core;

/** Tags in which Python Feast keeps what the value type cannot say (field.py). */
const TYPE_TAGS = ['feast:struct_schema', 'feast:nested_inner_type'];

/**
 * The protos of a schema.
 * @param existing what the registry holds: of a field that keeps its name and type, what cannot be declared here
 *   (vector index, inner types) is kept
 */
export function encodeFields(
  fields: readonly Field[],
  existing: readonly feast.core.FeatureSpecV2.$Properties[],
): feast.core.FeatureSpecV2[] {
  return fields.map((field) => {
    const valueType = valueTypeNumber(field.dtype);
    const old = existing.find((other) => other.name === field.name && other.valueType === valueType);
    const proto =
      old === undefined ? new FeatureSpecV2() : cloneMessage(FeatureSpecV2, old as feast.core.FeatureSpecV2);
    const typeTags = Object.entries(old?.tags ?? {}).filter(([key]) => TYPE_TAGS.includes(key));
    return Object.assign(proto, {
      name: field.name,
      valueType,
      description: field.description,
      tags: { ...Object.fromEntries(typeTags), ...field.tags },
    });
  });
}

export function decodeField(proto: feast.core.FeatureSpecV2.$Properties): Field {
  return Object.freeze({
    name: proto.name ?? '',
    // a type that a newer Feast added is carried as bytes: it can be passed on, not interpreted
    dtype: feastTypeOf(proto.valueType ?? 0) ?? ('Bytes' satisfies FeastType),
    description: proto.description ?? '',
    tags: Object.freeze({ ...proto.tags }),
  });
}
