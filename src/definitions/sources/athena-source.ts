import type { AthenaSource } from '../definitions.js';
import { frozen, isText } from '../options.js';
import { type TableSourceOptions, tableBase } from './source-options.js';

export interface AthenaSourceOptions extends TableSourceOptions {
  /** default: default, where a table is given */
  database?: string;
  /** Athena's catalog */
  dataSource?: string;
  datePartitionColumn?: string;
}

/** Declares a table or query of Athena. @throws CodedError DEFINITION_INVALID */
export function athenaSource(options: AthenaSourceOptions): AthenaSource {
  const checks = { database: isText, dataSource: isText, datePartitionColumn: isText };
  const base = tableBase('Athena source', options, checks);
  return frozen({
    kind: 'athena_source',
    ...base,
    database: options.database ?? (base.table === '' ? '' : 'default'),
    dataSource: options.dataSource ?? '',
    datePartitionColumn: options.datePartitionColumn ?? '',
  });
}
