import {
  columnFromValues,
  decodeValue,
  encodeEntityKeys,
  encodeValue,
  type FeatureValue,
  packedAt,
} from '../encoding/index.js';
import type { OnlineStore, StoredRow } from '../online/online-store.js';
import type { OnlineReadPlan, ViewRead } from './plan-online-read.js';

export type FieldStatus = 'PRESENT' | 'NOT_FOUND';

/** One column of an answer: an element an entity row. */
export interface FeatureColumn {
  readonly values: readonly FeatureValue[];
  /** a stored null is PRESENT */
  readonly statuses: readonly FieldStatus[];
  /** 1970 for join keys and where nothing is stored */
  readonly eventTimestamps: readonly Date[];
}

export interface OnlineFeatures {
  readonly featureNames: readonly string[];
  /** a column a feature name, in the same order */
  readonly results: readonly FeatureColumn[];
}

const NEVER = new Date(0);

/** Carries out a plan. @throws CodedError VALUE_INVALID for a join key of the wrong type, and what the store throws */
export async function readOnline(
  plan: OnlineReadPlan,
  project: string,
  store: OnlineStore,
): Promise<OnlineFeatures> {
  const rows = await Promise.all(plan.reads.map((read) => readView(read, project, store)));
  const joinKeys = plan.joinKeys.map(({ name, field, values }) => ({
    values: values.map((value) =>
      field === undefined
        ? (value as FeatureValue)
        : decodeValue(encodeValue(value, field.dtype, `join key "${name}"`)),
    ),
    statuses: values.map(() => 'PRESENT' as const),
    eventTimestamps: values.map(() => NEVER),
  }));
  const features = plan.features.map(({ read, name }) => featureColumn(rows[read]!, name));
  return { featureNames: plan.featureNames, results: [...joinKeys, ...features] };
}

/** The stored row of every entity row; entities that repeat are read once. */
async function readView(
  { view, joinKeys, features }: ViewRead,
  project: string,
  store: OnlineStore,
): Promise<(StoredRow | undefined)[]> {
  const columns = joinKeys.map(({ field, values }) =>
    columnFromValues(field.name, field.dtype, values, `join key "${field.name}"`),
  );
  const packed = encodeEntityKeys(columns);
  const keys: Uint8Array[] = [];
  const places = new Map<string, number>();
  const placeOfRow = joinKeys[0]!.values.map((_, row) => {
    const key = packedAt(packed, row);
    const id = Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
    let place = places.get(id);
    if (place === undefined) {
      place = keys.push(key) - 1;
      places.set(id, place);
    }
    return place;
  });
  const stored = await store.read(project, view, keys, features);
  return placeOfRow.map((place) => stored[place]);
}

function featureColumn(rows: readonly (StoredRow | undefined)[], name: string): FeatureColumn {
  const values: FeatureValue[] = [];
  const statuses: FieldStatus[] = [];
  const eventTimestamps: Date[] = [];
  for (const row of rows) {
    const value = row?.values.get(name);
    values.push(value === undefined ? null : decodeValue(value));
    statuses.push(value === undefined ? 'NOT_FOUND' : 'PRESENT');
    eventTimestamps.push(value === undefined ? NEVER : row!.eventTime);
  }
  return { values, statuses, eventTimestamps };
}
