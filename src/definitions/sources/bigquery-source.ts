import type { BigQuerySource } from '../definitions.js';
import { frozen, isText } from '../options.js';
import { type TableSourceOptions, tableBase } from './source-options.js';

export interface BigQuerySourceOptions extends TableSourceOptions {
  datePartitionColumn?: string;
  /** `DATE` where the event time is a date */
  timestampFieldType?: string;
}

/** Declares a table or query of BigQuery. @throws CodedError DEFINITION_INVALID */
export function bigQuerySource(options: BigQuerySourceOptions): BigQuerySource {
  const checks = { datePartitionColumn: isText, timestampFieldType: isText };
  return frozen({
    kind: 'bigquery_source',
    ...tableBase('BigQuery source', options, checks),
    datePartitionColumn: options.datePartitionColumn ?? '',
    timestampFieldType: options.timestampFieldType ?? '',
  });
}
