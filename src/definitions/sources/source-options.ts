import {
  type Check,
  checkOptions,
  invalid,
  isName,
  isText,
  isTextMap,
  NAMED_CHECKS,
  type NamedOptions,
  named,
} from '../options.js';
import type { BatchSource, DataSourceBase, StreamFormat } from '../source-definitions.js';

/** Options that sources of rows share. */
export interface SourceOptions extends NamedOptions {
  /** column of the event time; default: the only timestamp column, found on apply where the source can be read */
  timestampField?: string;
  /** column of the time the row was written; decides between rows of the same event time */
  createdTimestampColumn?: string;
  /** source column → feature name */
  fieldMapping?: Readonly<Record<string, string>>;
}

export const SOURCE_CHECKS = {
  name: isName,
  timestampField: isText,
  createdTimestampColumn: isText,
  fieldMapping: isTextMap,
  ...NAMED_CHECKS,
} as const satisfies Record<string, Check>;

/** @throws CodedError DEFINITION_INVALID when both times are one column (Feast: data_source.py) */
export function sourceBase(what: string, name: string, options: SourceOptions): DataSourceBase {
  const { timestampField = '', createdTimestampColumn = '' } = options;
  if (timestampField !== '' && timestampField === createdTimestampColumn) {
    throw invalid(
      `${what} "${name}"`,
      `timestampField and createdTimestampColumn are both "${timestampField}"; they must be two columns`,
    );
  }
  return {
    ...named(name, options),
    timestampField,
    createdTimestampColumn,
    fieldMapping: { ...options.fieldMapping },
  };
}

/** Options of a source that is a table of a database, or a query. */
export interface TableSourceOptions extends SourceOptions {
  /** default: the table */
  name?: string;
  table?: string;
  query?: string;
}

const TABLE_CHECKS = { ...SOURCE_CHECKS, table: isName, query: isName };

/**
 * Checks the options of a table source and gives the part that all of them share.
 * @throws CodedError DEFINITION_INVALID
 */
export function tableBase(
  what: string,
  options: TableSourceOptions,
  checks: Readonly<Record<string, Check>> = {},
): DataSourceBase & { readonly table: string; readonly query: string } {
  checkOptions(what, options, { ...TABLE_CHECKS, ...checks }, []);
  const { table = '', query = '' } = options;
  const name = options.name ?? table;
  if (name === '') throw invalid(what, 'a source of a query needs a name');
  if (table === '' && query === '') throw invalid(`${what} "${name}"`, 'needs a table or a query');
  if (table !== '' && query !== '') {
    throw invalid(`${what} "${name}"`, 'has both a table and a query; give one of them');
  }
  return { ...sourceBase(what, name, options), table, query };
}

const BATCH_KINDS: ReadonlySet<string> = new Set<BatchSource['kind']>([
  'file_source',
  'bigquery_source',
  'snowflake_source',
  'redshift_source',
  'athena_source',
  'trino_source',
  'postgresql_source',
  'spark_source',
  'custom_source',
]);

export const isBatchSource: Check = (value) =>
  BATCH_KINDS.has((value as BatchSource | null)?.kind ?? '')
    ? undefined
    : 'a source of rows, such as what fileSource() returns';

export const isStreamFormat: Check = (value) => {
  const format = value as Partial<Record<string, unknown>> | null;
  const key = format?.type === 'proto' ? 'classPath' : 'schema';
  return ['json', 'avro', 'proto'].includes(String(format?.type)) && typeof format?.[key] === 'string'
    ? undefined
    : '{ type: "json" or "avro", schema } or { type: "proto", classPath }';
};

/** A format with its own keys and no others. */
export function streamFormat(format: StreamFormat): StreamFormat {
  return format.type === 'proto'
    ? { type: 'proto', classPath: format.classPath }
    : { type: format.type, schema: format.schema };
}
