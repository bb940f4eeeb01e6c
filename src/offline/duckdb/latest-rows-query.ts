import { DUMMY_ENTITY, DUMMY_ENTITY_VALUE, type FeastType, type Field } from '../../definitions/index.js';
import { compareCodePoints } from '../../encoding/index.js';
import { CodedError } from '../../shared/errors.js';
import { didYouMean } from '../../shared/nearest.js';
import type { LatestRowsRequest, SourceColumn } from '../offline-store.js';
import { castToFeast } from './column-types.js';
import { type SourceFiles, scanOf } from './source-files.js';
import { identifier, literal } from './sql.js';

export interface LatestRowsQuery {
  /** two columns: rows in the window, those of them with a null join key */
  readonly count: string;
  /** columns: join keys, features, event time, created time where there is one */
  readonly rows: string;
  readonly hasCreatedTime: boolean;
}

/**
 * SQL for the latest row of each entity, in ascending order of the serialized entity keys.
 *
 * The window runs over the keys alone, and the time column is compared as it is, so that Parquet row groups and
 * hive partitions outside are not read. Ties follow the rule of OfflineStore: created time, then place in the
 * source (files in order of their paths, rows in order of their lines).
 * @param columns of the source, as described
 * @throws CodedError SOURCE_COLUMN_MISSING, SOURCE_COLUMN_TYPE
 */
export function latestRowsQuery(
  request: LatestRowsRequest,
  files: SourceFiles,
  columns: readonly SourceColumn[],
): LatestRowsQuery {
  const { source } = files;
  const find = (name: string) => findColumn(name, files, columns);
  const time = timeColumn(source.timestampField, 'timestamp_field', files, find);
  const created =
    source.createdTimestampColumn === '' && request.createdAfter === undefined
      ? undefined
      : timeColumn(source.createdTimestampColumn, 'created_timestamp_column', files, find);

  const csvTypes: Record<string, string> = {};
  const read = ({ name, dtype }: Field) => {
    if (name === DUMMY_ENTITY.joinKey) return literal(DUMMY_ENTITY_VALUE);
    const column = find(name);
    if (source.format === 'csv' && CSV_TYPES[dtype] !== undefined) csvTypes[column.name] = CSV_TYPES[dtype];
    const type = csvTypes[column.name] ?? column.nativeType;
    const cast = castToFeast(identifier(column.name), type, dtype, column.name);
    if (cast !== undefined) return cast;
    throw columnTypeError(files, column, `a type that can be read as ${dtype}`);
  };
  const keys = request.joinKeys.map(read);
  const features = request.features.map(read);

  const scan = scanOf(files, csvTypes);
  const inWindow = [
    `${identifier(time.name)} >= ${timeLiteral(time, request.start, Math.ceil)}`,
    `${identifier(time.name)} <= ${timeLiteral(time, request.end, Math.floor)}`,
    ...(created === undefined || request.createdAfter === undefined
      ? []
      : [`${identifier(created.name)} >= ${timeLiteral(created, request.createdAfter, Math.ceil)}`]),
  ].join(' AND ');
  const anyNullKey = keys.map((key) => `(${key}) IS NULL`).join(' OR ');
  const inner = [
    ...keys.map((key, i) => `${key} AS k${i}`),
    ...features.map((feature, i) => `${feature} AS f${i}`),
    `${identifier(time.name)} AS ts`,
    ...(created === undefined ? [] : [`${identifier(created.name)} AS created`]),
    ...PLACE[source.format],
  ];
  const latest = [
    'ts DESC',
    ...(created === undefined ? [] : ['created DESC NULLS LAST']),
    'file DESC',
    'line DESC',
  ];
  const keyNames = keys.map((_, i) => `k${i}`);
  const keyed = keyNames.filter((_, i) => request.joinKeys[i]!.name !== DUMMY_ENTITY.joinKey);
  const partition = keyed.length === 0 ? '' : `PARTITION BY ${keyed.join(', ')} `;
  const outer = [
    ...keyNames,
    ...features.map((_, i) => `f${i}`),
    'epoch_us(ts)',
    ...(created === undefined ? [] : ['epoch_us(created)']),
  ];
  const order = keyOrder(request.joinKeys);
  return {
    count: `SELECT count(*), count(*) FILTER (WHERE ${anyNullKey}) FROM ${scan} WHERE ${inWindow}`,
    rows: `SELECT ${outer.join(', ')} FROM (
      SELECT ${inner.join(', ')} FROM ${scan} WHERE ${inWindow}
    ) WHERE ${keyNames.map((key) => `${key} IS NOT NULL`).join(' AND ')}
    QUALIFY row_number() OVER (${partition}ORDER BY ${latest.join(', ')}) = 1
    ORDER BY ${order.join(', ')}`,
    hasCreatedTime: created !== undefined,
  };
}

/** Where a row stands in its source; CSV has no row numbers of its own. */
const PLACE = {
  parquet: ['file_index AS file', 'file_row_number AS line'],
  csv: ['file_index AS file', 'row_number() OVER () AS line'],
};

/** Types to read CSV columns as: what DuckDB guesses would drop the zeros of "007". */
const CSV_TYPES: Partial<Record<FeastType, string>> = {
  String: 'VARCHAR',
  Uuid: 'VARCHAR',
  TimeUuid: 'VARCHAR',
  Decimal: 'VARCHAR',
  Json: 'VARCHAR',
  Int32: 'INTEGER',
  Int64: 'BIGINT',
  Float64: 'DOUBLE',
  Float32: 'FLOAT',
  Bool: 'BOOLEAN',
};

function findColumn(name: string, files: SourceFiles, columns: readonly SourceColumn[]): SourceColumn {
  const mapping = Object.entries(files.source.fieldMapping);
  const sourceName = mapping.find(([, mapped]) => mapped === name)?.[0] ?? name;
  const column = columns.find((candidate) => candidate.name === sourceName);
  if (column !== undefined) return column;
  const known = columns.map((candidate) => candidate.name);
  throw new CodedError(
    'SOURCE_COLUMN_MISSING',
    `data source "${files.source.name}": ${files.path} has no column "${sourceName}".${didYouMean(sourceName, known)}`,
  );
}

function timeColumn(
  name: string,
  role: string,
  files: SourceFiles,
  find: (name: string) => SourceColumn,
): SourceColumn {
  if (name === '') {
    throw new CodedError(
      'SOURCE_COLUMN_MISSING',
      `data source "${files.source.name}" names no ${role}; give one, or run apply, which infers it`,
    );
  }
  const column = find(name);
  if (column.isTimestamp) return column;
  throw columnTypeError(files, column, `a timestamp or a date, as it is the ${role}`);
}

function columnTypeError(files: SourceFiles, column: SourceColumn, expected: string): CodedError {
  return new CodedError(
    'SOURCE_COLUMN_TYPE',
    `data source "${files.source.name}": ${files.path}: column "${column.name}" is ${column.nativeType}; expected ${expected}`,
  );
}

/**
 * A time as a literal of the column's own type: a cast of the column would read everything.
 * @param round how a type that counts in coarser units takes the time in; a date is the instant at which it begins
 */
function timeLiteral(column: SourceColumn, time: Date, round: (units: number) => number): string {
  const type = column.nativeType;
  const unit = UNIT_MS[type] ?? 1;
  const text = new Date(round(time.getTime() / unit) * unit).toISOString().replace('T', ' ');
  return `CAST('${text.replace('Z', type === 'TIMESTAMP WITH TIME ZONE' ? '+00' : '')}' AS ${type})`;
}

/** Milliseconds that types coarser than a Date count in. */
const UNIT_MS: Record<string, number> = { DATE: 86_400_000, TIMESTAMP_S: 1000 };

/**
 * Orders rows by their serialized keys (encoding/entity-key.ts): B-tree stores then append instead of inserting
 * all over, which is several times faster. Integers are little-endian there, texts come after their length.
 */
function keyOrder(joinKeys: readonly Field[]): string[] {
  return joinKeys
    .map(({ name, dtype }, i) => ({ name, dtype, key: `k${i}` }))
    .sort((a, b) => compareCodePoints(a.name, b.name))
    .flatMap(({ dtype, key }) => {
      if (dtype === 'String') return [reversed(`strlen(${key})`), key];
      if (dtype === 'Bytes') return [reversed(`octet_length(${key})`), key];
      if (dtype === 'Int32') return [reversed(`CAST(${key} AS BIGINT)`)];
      return [reversed(key), reversed(`(${key} >> 32)`)];
    });
}

/** The low four bytes of an integer, read backwards. */
function reversed(integer: string): string {
  const byte = (shift: number) => `((${integer}) >> ${shift}) & 255`;
  return `((${byte(0)}) * 16777216 + (${byte(8)}) * 65536 + (${byte(16)}) * 256 + (${byte(24)}))`;
}
