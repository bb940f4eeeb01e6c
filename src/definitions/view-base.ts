import type { DataSource, Entity, Field, ViewBase } from './definitions.js';
import { DUMMY_ENTITY } from './dummy-entity.js';
import {
  type Check,
  invalid,
  isListOf,
  isName,
  isSchema,
  NAMED_CHECKS,
  type NamedOptions,
  named,
} from './options.js';

/** Options that views of all kinds share. */
export interface ViewOptions extends NamedOptions {
  name: string;
  /** default: none, one row for the whole view */
  entities?: readonly Entity[];
  /** features, and join keys where their type is to be fixed */
  schema?: readonly Field[];
}

export const VIEW_CHECKS = {
  name: isName,
  entities: isListOf(['entity'], 'entity()'),
  schema: isSchema,
  ...NAMED_CHECKS,
} as const satisfies Record<string, Check>;

/**
 * The part that views of all kinds share.
 *
 * Rules follow Feast (feature_view.py, base_feature_view.py): no "@" or ":" in the name, no two entities with one
 * join key, no schema column that the source maps to another name, join keys of the type their entity has.
 * @param what the view in messages: `feature view`
 * @throws CodedError DEFINITION_INVALID
 */
export function viewBase(what: string, options: ViewOptions, source: DataSource | undefined): ViewBase {
  const place = `${what} "${options.name}"`;
  if (/[@:]/.test(options.name)) {
    throw invalid(
      place,
      'the name must not hold "@" or ":"; they separate versions and features in references',
    );
  }
  const entities = options.entities ?? [];
  const schema = options.schema ?? [];
  const byJoinKey = entitiesByJoinKey(place, entities);
  checkSchema(place, schema, byJoinKey, source);
  return {
    ...named(options.name, options),
    entities: entities.length === 0 ? [DUMMY_ENTITY.name] : entities.map((e) => e.name),
    entityColumns: schema.filter((column) => byJoinKey.has(column.name)),
    features: schema.filter((column) => !byJoinKey.has(column.name)),
    entityObjects: [...entities],
  };
}

function entitiesByJoinKey(place: string, entities: readonly Entity[]): Map<string, Entity> {
  const byJoinKey = new Map<string, Entity>();
  for (const entity of entities) {
    const other = byJoinKey.get(entity.joinKey);
    if (other !== undefined) {
      throw invalid(
        place,
        `entities "${other.name}" and "${entity.name}" share the join key "${entity.joinKey}"`,
      );
    }
    byJoinKey.set(entity.joinKey, entity);
  }
  return byJoinKey;
}

function checkSchema(
  place: string,
  schema: readonly Field[],
  byJoinKey: ReadonlyMap<string, Entity>,
  source: DataSource | undefined,
): void {
  const seen = new Set<string>();
  for (const { name, dtype } of schema) {
    if (seen.has(name)) throw invalid(place, `the schema holds "${name}" twice`);
    seen.add(name);
    const mapped = source?.fieldMapping[name];
    if (mapped !== undefined) {
      throw invalid(
        place,
        `the source maps column "${name}" to "${mapped}"; name the field "${mapped}", or remove the mapping`,
      );
    }
    const entity = byJoinKey.get(name);
    if (entity?.valueType !== undefined && entity.valueType !== dtype) {
      throw invalid(
        place,
        `join key "${name}" is declared as ${dtype}, but entity "${entity.name}" is ${entity.valueType}`,
      );
    }
  }
}
