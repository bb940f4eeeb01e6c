import type { SparkSource } from '../definitions.js';
import { checkOptions, frozen, invalid, isName, isText } from '../options.js';
import { SOURCE_CHECKS, type SourceOptions, sourceBase } from './source-options.js';

export interface SparkSourceOptions extends SourceOptions {
  /** default: the table */
  name?: string;
  table?: string;
  query?: string;
  path?: string;
  /** of the path: csv, json, parquet, delta or avro */
  fileFormat?: string;
  datePartitionColumn?: string;
  /** default: %Y-%m-%d */
  datePartitionColumnFormat?: string;
}

/**
 * Declares a table, a query or files that Spark reads. Feast: spark_source.py.
 * @throws CodedError DEFINITION_INVALID
 */
export function sparkSource(options: SparkSourceOptions): SparkSource {
  const checks = {
    ...SOURCE_CHECKS,
    table: isName,
    query: isName,
    path: isName,
    fileFormat: isName,
    datePartitionColumn: isText,
    datePartitionColumnFormat: isText,
  };
  checkOptions('Spark source', options, checks, []);
  const { table = '', query = '', path = '', fileFormat = '' } = options;
  const name = options.name ?? table;
  if (name === '') throw invalid('Spark source', 'a source without a table needs a name');
  const place = `Spark source "${name}"`;
  if (table !== '' && (query !== '' || path !== '')) {
    throw invalid(place, 'a table stands alone; leave out the query and the path');
  }
  if (table === '' && query === '' && path === '') throw invalid(place, 'needs a table, a query or a path');
  if (path !== '' && fileFormat === '') throw invalid(place, 'a path needs a fileFormat');
  return frozen({
    kind: 'spark_source',
    ...sourceBase('Spark source', name, options),
    table,
    query,
    path,
    fileFormat,
    datePartitionColumn: options.datePartitionColumn ?? '',
    datePartitionColumnFormat: options.datePartitionColumnFormat ?? '%Y-%m-%d',
  });
}
