import { type Duration, parseDuration } from '../shared/duration.js';
import { isCodedError } from '../shared/errors.js';
import type { Entity, FeatureView, Field, FileSource } from './definitions.js';
import { DUMMY_ENTITY } from './dummy-entity.js';
import { FRESHNESS_TAG } from './freshness.js';
import {
  type Check,
  checkOptions,
  frozen,
  invalid,
  isFlag,
  isListOf,
  isName,
  NAMED_CHECKS,
  type NamedOptions,
  named,
} from './options.js';
import { isFeastType } from './types.js';

export interface FeatureViewOptions extends NamedOptions {
  name: string;
  /** default: none, one row for the whole view */
  entities?: readonly Entity[];
  /** how long a feature is valid after its event time; default 0: for ever */
  ttl?: Duration;
  /** features, and join keys where their type is to be fixed; default: told from the data source on apply */
  schema?: readonly Field[];
  source: FileSource;
  /** whether it is materialized to the online store; default true */
  online?: boolean;
  /** default false */
  offline?: boolean;
  /** default true; false: kept registered, left out of materialization */
  enabled?: boolean;
  /** how old the newest materialized time may become, as `26h`, for `feast freshness`; default: no objective */
  freshness?: Duration;
}

const isDuration: Check = (value) => {
  try {
    parseDuration(value as Duration, '');
    return undefined;
  } catch (error) {
    if (isCodedError(error, 'DURATION_INVALID'))
      return 'a duration: milliseconds or a text such as "2h", "1d"';
    throw error;
  }
};

const isSchema: Check = (value) =>
  Array.isArray(value) && value.every((f) => isName(f?.name) === undefined && isFeastType(f?.dtype))
    ? undefined
    : 'a list of what field() returns';

const isSource: Check = (value) =>
  (value as FileSource | null)?.kind === 'file_source' ? undefined : 'what fileSource() returns';

const CHECKS: Record<string, Check> = {
  name: isName,
  entities: isListOf(['entity'], 'entity()'),
  ttl: isDuration,
  schema: isSchema,
  source: isSource,
  online: isFlag,
  offline: isFlag,
  enabled: isFlag,
  freshness: isDuration,
  ...NAMED_CHECKS,
};

/**
 * Declares a feature view: features of one data source, keyed by entities.
 *
 * Rules follow Feast (feature_view.py, base_feature_view.py): no "@" or ":" in the name, no two entities with one
 * join key, no schema column that the source maps to another name, join keys of the type their entity has.
 * @throws CodedError DEFINITION_INVALID
 */
export function featureView(options: FeatureViewOptions): FeatureView {
  checkOptions('feature view', options, CHECKS, ['name', 'source']);
  const place = `feature view "${options.name}"`;
  if (/[@:]/.test(options.name)) {
    throw invalid(
      place,
      'the name must not hold "@" or ":"; they separate versions and features in references',
    );
  }
  const entities = options.entities ?? [];
  const schema = options.schema ?? [];
  const byJoinKey = entitiesByJoinKey(place, entities);
  checkSchema(place, schema, byJoinKey, options.source);
  return frozen({
    kind: 'feature_view',
    ...named(options.name, { ...options, tags: tagsOf(options) }),
    entities: entities.length === 0 ? [DUMMY_ENTITY.name] : entities.map((e) => e.name),
    entityColumns: schema.filter((column) => byJoinKey.has(column.name)),
    features: schema.filter((column) => !byJoinKey.has(column.name)),
    schema: [...schema],
    ttl: options.ttl === undefined ? 0 : parseDuration(options.ttl, `${place}, ttl`),
    online: options.online ?? true,
    offline: options.offline ?? false,
    enabled: options.enabled ?? true,
    source: options.source,
    streamSource: undefined,
    entityObjects: [...entities],
  });
}

/** The tags, with the freshness objective among them as a text of a duration. */
function tagsOf({ tags = {}, freshness }: FeatureViewOptions): Record<string, string> {
  if (freshness === undefined) return tags;
  return { ...tags, [FRESHNESS_TAG]: typeof freshness === 'number' ? `${freshness}ms` : freshness };
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
  source: FileSource,
): void {
  const seen = new Set<string>();
  for (const { name, dtype } of schema) {
    if (seen.has(name)) throw invalid(place, `the schema holds "${name}" twice`);
    seen.add(name);
    const mapped = source.fieldMapping[name];
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
