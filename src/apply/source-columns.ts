import type { DataSource, FeastType, ViewBase } from '../definitions/index.js';
import type { SourceColumn } from '../offline/offline-store.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';

/** Tells the columns of a data source; an offline store's `describe`. */
export type Describe = (source: DataSource) => Promise<readonly SourceColumn[]>;

/** Types whose values can be read as one another; a type that is in no family is read as itself alone. */
const FAMILIES: readonly (readonly FeastType[])[] = [
  ['Int32', 'Int64', 'Float32', 'Float64', 'Decimal'],
  ['String', 'Json', 'Uuid', 'TimeUuid', 'Decimal'],
  ['UnixTimestamp', 'ZonedTimestamp', 'Int64', 'Int32'],
  ['Bytes', 'String', 'Map', 'Struct', 'Json', 'ScalarMap'],
];

/** Whether a column of one type can be read as another; element by element for arrays and sets. */
export function isReadableAs(column: FeastType, declared: FeastType): boolean {
  if (column === declared) return true;
  const [from, to] = [elementOf(column), elementOf(declared)];
  if (from !== undefined && to !== undefined) return isReadableAs(from, to);
  return FAMILIES.some((family) => family.includes(column) && family.includes(declared));
}

function elementOf(type: FeastType): FeastType | undefined {
  return /^(?:Array|Set)\((.+)\)$/.exec(type)?.[1] as FeastType | undefined;
}

/** The column in which a source holds a field, before field mapping. */
export function sourceColumnOf(source: DataSource, name: string): string {
  return Object.entries(source.fieldMapping).find(([, mapped]) => mapped === name)?.[0] ?? name;
}

/**
 * Checks that a source has the columns a view needs, of types that can be read as declared.
 * @throws CodedError SOURCE_COLUMN_MISSING, SOURCE_COLUMN_TYPE
 */
export function checkColumns(
  view: ViewBase & { readonly source: DataSource },
  columns: readonly SourceColumn[],
): void {
  const { source } = view;
  const find = (name: string, use: string): SourceColumn => {
    const column = columns.find((other) => other.name === name);
    if (column !== undefined) return column;
    throw new CodedError(
      'SOURCE_COLUMN_MISSING',
      `feature view "${view.name}": data source "${source.name}" has no column "${name}" (${use}).${didYouMean(
        name,
        columns.map((other) => other.name),
      )}`,
    );
  };
  const wrongType = (column: SourceColumn, expected: string) =>
    new CodedError(
      'SOURCE_COLUMN_TYPE',
      `feature view "${view.name}": column "${column.name}" of data source "${source.name}" is ${column.nativeType}; expected ${expected}`,
    );

  const times = [
    [source.timestampField, 'the event time'],
    [source.createdTimestampColumn, 'the created time'],
  ] as const;
  for (const [name, use] of times) {
    if (name === '') continue;
    const column = find(name, use);
    if (!column.isTimestamp) throw wrongType(column, `a timestamp, as it is ${use}`);
  }
  for (const field of [...view.entityColumns, ...view.features]) {
    if (field.name === '__dummy_id') continue;
    const use = view.features.includes(field) ? `feature "${field.name}"` : `join key "${field.name}"`;
    const column = find(sourceColumnOf(source, field.name), use);
    if (column.type !== undefined && !isReadableAs(column.type, field.dtype)) {
      throw wrongType(column, `something readable as ${field.dtype}, the type of ${use}`);
    }
  }
}
