import { nearest } from '../shared/nearest.js';
import type { Entity } from './definitions.js';
import { DUMMY_ENTITY } from './dummy-entity.js';
import {
  type Check,
  checkOptions,
  frozen,
  invalid,
  isName,
  isNameList,
  NAMED_CHECKS,
  type NamedOptions,
  named,
} from './options.js';
import { FEAST_TYPES, type FeastType, isFeastType } from './types.js';

export interface EntityOptions extends NamedOptions {
  name: string;
  /** the column that holds the entity in data; default: the name */
  joinKey?: string;
  /** as Feast writes it, a list of exactly one; `joinKey` says the same */
  joinKeys?: readonly string[];
  /** default: told from the data source on apply */
  valueType?: FeastType;
}

const isType: Check = (value) => {
  if (isFeastType(value)) return undefined;
  const best = typeof value === 'string' ? nearest(value, FEAST_TYPES) : undefined;
  return best === undefined ? 'a Feast type' : `a Feast type (the nearest is "${best}")`;
};

/**
 * Declares an entity: a thing that features are about.
 * @throws CodedError DEFINITION_INVALID, among others for several join keys (Feast: entity.py)
 */
export function entity(options: EntityOptions): Entity {
  checkOptions(
    'entity',
    options,
    { name: isName, joinKey: isName, joinKeys: isNameList, valueType: isType, ...NAMED_CHECKS },
    ['name'],
  );
  const place = `entity "${options.name}"`;
  if (options.joinKeys !== undefined && options.joinKeys.length > 1) {
    throw invalid(
      place,
      `an entity has one join key, found ${options.joinKeys.join(', ')}; declare one entity for each and give a feature view both`,
    );
  }
  if (options.name === DUMMY_ENTITY.name || options.joinKey === DUMMY_ENTITY.joinKey) {
    throw invalid(place, `"${DUMMY_ENTITY.name}" is reserved for views without entities`);
  }
  const listed = options.joinKeys?.[0];
  if (listed !== undefined && options.joinKey !== undefined && listed !== options.joinKey) {
    throw invalid(place, `joinKey "${options.joinKey}" and joinKeys "${listed}" differ; give one of them`);
  }
  return frozen({
    kind: 'entity',
    ...named(options.name, options),
    joinKey: options.joinKey ?? listed ?? options.name,
    valueType: options.valueType,
  });
}
