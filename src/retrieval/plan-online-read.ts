import {
  DUMMY_ENTITY,
  DUMMY_ENTITY_VALUE,
  type Entity,
  type FeatureView,
  type Field,
  joinKeysOf,
} from '../definitions/index.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';
import { type EntityColumns, rowCountOf } from './entity-rows.js';
import type { SelectedFeature } from './select-features.js';

export interface OnlineReadRequest {
  readonly selected: readonly SelectedFeature[];
  readonly entities: EntityColumns;
  /** `view__feature` instead of `feature` */
  readonly fullFeatureNames?: boolean;
  /** every entity of the project: what may stand in entity rows */
  readonly knownEntities: readonly Entity[];
}

/** A join key of a read: the field of the view, and its values, one a row. */
export interface JoinKeyValues {
  readonly field: Field;
  readonly values: readonly unknown[];
}

/** All that is read of one view under one set of keys. */
export interface ViewRead {
  readonly view: FeatureView;
  readonly joinKeys: readonly JoinKeyValues[];
  readonly features: readonly string[];
}

export interface OnlineReadPlan {
  readonly rowCount: number;
  /** join keys first, as given, then features in the order asked */
  readonly featureNames: readonly string[];
  /** columns of the entity rows that the answer repeats; type undefined where no view that is read has it */
  readonly joinKeys: readonly {
    readonly name: string;
    readonly field: Field | undefined;
    readonly values: readonly unknown[];
  }[];
  readonly reads: readonly ViewRead[];
  /** for each feature asked for, where its values come from */
  readonly features: readonly { readonly read: number; readonly name: string }[];
}

/**
 * What to read for a request of online features. Feast: utils.py:1661-1762.
 * @throws CodedError FEATURE_NAME_COLLISION, ENTITY_ROWS_INVALID
 */
export function planOnlineRead(request: OnlineReadRequest): OnlineReadPlan {
  const { selected, knownEntities } = request;
  if (selected.length === 0) {
    throw new CodedError(
      'FEATURE_REFERENCE_INVALID',
      'no features were asked for; expected at least one view:feature',
    );
  }
  const columns = byJoinKey(request.entities, selected, knownEntities);
  const rowCount = rowCountOf(columns) ?? 1;
  const reads = new Map<string, { read: ViewRead; index: number; features: string[] }>();
  const features = selected.map(({ view, feature, joinKeyMap }) => {
    const id = JSON.stringify([view.name, joinKeyMap]);
    let group = reads.get(id);
    if (group === undefined) {
      const wanted: string[] = [];
      const joinKeys = joinKeyValues(view, joinKeyMap, columns, rowCount);
      group = { read: { view, joinKeys, features: wanted }, index: reads.size, features: wanted };
      reads.set(id, group);
    }
    if (!group.features.includes(feature.name)) group.features.push(feature.name);
    return { read: group.index, name: feature.name };
  });
  const names = selected.map(({ viewName, feature }) =>
    request.fullFeatureNames ? `${viewName}__${feature.name}` : feature.name,
  );
  const keyNames = Object.keys(columns);
  refuseCollisions(names, keyNames, selected, request.fullFeatureNames ?? false);

  const allReads = [...reads.values()].map(({ read }) => read);
  return {
    rowCount,
    featureNames: [...keyNames, ...names],
    joinKeys: keyNames.map((name) => ({ name, field: fieldOf(name, selected), values: columns[name]! })),
    reads: allReads,
    features,
  };
}

/** Columns under their join keys; Feast also takes the name of the entity. */
function byJoinKey(
  entities: EntityColumns,
  selected: readonly SelectedFeature[],
  knownEntities: readonly Entity[],
): EntityColumns {
  const mapped = selected.flatMap(({ joinKeyMap }) => Object.values(joinKeyMap));
  const viewKeys = selected.flatMap(({ view }) => view.entityColumns.map((column) => column.name));
  const known = new Set([...knownEntities.map((entity) => entity.joinKey), ...mapped, ...viewKeys]);
  return Object.fromEntries(
    Object.entries(entities).map(([name, values]) => {
      const joinKey = known.has(name)
        ? name
        : knownEntities.find((candidate) => candidate.name === name)?.joinKey;
      if (joinKey !== undefined) return [joinKey, values];
      known.delete(DUMMY_ENTITY.joinKey);
      throw new CodedError(
        'ENTITY_ROWS_INVALID',
        `entity rows hold "${name}", which is no join key of this project.${didYouMean(name, known)}`,
      );
    }),
  );
}

function joinKeyValues(
  view: FeatureView,
  joinKeyMap: Readonly<Record<string, string>>,
  columns: EntityColumns,
  rowCount: number,
): JoinKeyValues[] {
  return joinKeysOf(view).map((field) => {
    if (field.name === DUMMY_ENTITY.joinKey)
      return { field, values: Array(rowCount).fill(DUMMY_ENTITY_VALUE) };
    const name = joinKeyMap[field.name] ?? field.name;
    const values = columns[name];
    if (values === undefined) {
      throw new CodedError(
        'ENTITY_ROWS_INVALID',
        `feature view "${view.name}" needs the join key "${name}", which the entity rows lack (they hold: ${Object.keys(columns).join(', ') || 'nothing'})`,
      );
    }
    const missing = values.findIndex((value) => value === null || value === undefined);
    if (missing >= 0) {
      throw new CodedError(
        'ENTITY_ROWS_INVALID',
        `entity row ${missing}: join key "${name}" is null; expected a ${field.dtype}`,
      );
    }
    return { field, values };
  });
}

function fieldOf(name: string, selected: readonly SelectedFeature[]): Field | undefined {
  for (const { view, joinKeyMap } of selected) {
    const field = view.entityColumns.find((column) => (joinKeyMap[column.name] ?? column.name) === name);
    if (field !== undefined) return field;
  }
  return undefined;
}

function refuseCollisions(
  names: readonly string[],
  keyNames: readonly string[],
  selected: readonly SelectedFeature[],
  full: boolean,
): void {
  const taken = new Set(keyNames);
  for (const [i, name] of names.entries()) {
    if (!taken.has(name)) {
      taken.add(name);
      continue;
    }
    const from = selected
      .filter((_, j) => names[j] === name)
      .map(({ viewName, feature }) => `${viewName}:${feature.name}`);
    const advice =
      full || keyNames.includes(name)
        ? 'ask for each once'
        : 'ask for full feature names, or for one of them';
    throw new CodedError(
      'FEATURE_NAME_COLLISION',
      `"${names[i]}" would name ${keyNames.includes(name) ? 'a join key and ' : ''}${from.join(' and ')} in the answer; ${advice}`,
    );
  }
}
