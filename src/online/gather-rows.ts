import type { StoredRow } from './online-store.js';

/** A stored value: its key in hex, its feature, the value, its event time in milliseconds. */
export type StoredValue = readonly [key: string, name: string, value: Uint8Array, eventTime: number];

/**
 * The values of a table that has a row a value, as rows: one a key, in the order of `keys`, undefined where
 * nothing is stored. A row is as old as its newest value.
 * @param keys serialized entity keys in hex
 */
export function gatherRows(
  keys: readonly string[],
  stored: Iterable<StoredValue>,
): (StoredRow | undefined)[] {
  const rows = new Map<string, { eventTime: Date; values: Map<string, Uint8Array> }>();
  for (const [key, name, value, time] of stored) {
    const eventTime = new Date(time);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { eventTime, values: new Map([[name, value]]) });
    else {
      row.values.set(name, value);
      if (eventTime > row.eventTime) row.eventTime = eventTime;
    }
  }
  return keys.map((key) => rows.get(key));
}
