import { CodedError } from '../shared/errors.js';

/** Values of entity rows by column; all columns are equally long. */
export type EntityColumns = Readonly<Record<string, readonly unknown[]>>;

/**
 * Entity rows, one object an entity, as columns.
 * @throws CodedError ENTITY_ROWS_INVALID when rows differ in their keys
 */
export function entityColumnsOf(rows: readonly Readonly<Record<string, unknown>>[]): EntityColumns {
  const keys = Object.keys(rows[0] ?? {});
  for (const [i, row] of rows.entries()) {
    const missing = keys.find((key) => !(key in row));
    const extra = Object.keys(row).find((key) => !keys.includes(key));
    if (missing === undefined && extra === undefined) continue;
    throw new CodedError(
      'ENTITY_ROWS_INVALID',
      `entity row ${i} ${missing === undefined ? `has "${extra}", which row 0 lacks` : `lacks "${missing}", which row 0 has`}; expected the same keys in every row`,
    );
  }
  return Object.fromEntries(keys.map((key) => [key, rows.map((row) => row[key])]));
}

/** How many rows the columns hold; undefined where there are no columns. @throws CodedError ENTITY_ROWS_INVALID */
export function rowCountOf(columns: EntityColumns): number | undefined {
  const lengths = Object.entries(columns).map(([name, values]) => [name, values.length] as const);
  const [first] = lengths;
  const other = lengths.find(([, length]) => length !== first?.[1]);
  if (first !== undefined && other !== undefined) {
    throw new CodedError(
      'ENTITY_ROWS_INVALID',
      `"${first[0]}" has ${first[1]} values, "${other[0]}" has ${other[1]}; expected one value an entity row in each`,
    );
  }
  return first?.[1];
}
