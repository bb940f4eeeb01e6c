import type { SnowflakeSource } from '../definitions.js';
import { frozen, isText } from '../options.js';
import { type TableSourceOptions, tableBase } from './source-options.js';

export interface SnowflakeSourceOptions extends TableSourceOptions {
  database?: string;
  /** default: PUBLIC, where a database and a table are given */
  schema?: string;
}

/** Declares a table or query of Snowflake. @throws CodedError DEFINITION_INVALID */
export function snowflakeSource(options: SnowflakeSourceOptions): SnowflakeSource {
  const base = tableBase('Snowflake source', options, { database: isText, schema: isText });
  const { database = '' } = options;
  const schema = options.schema ?? (database !== '' && base.table !== '' ? 'PUBLIC' : '');
  return frozen({ kind: 'snowflake_source', ...base, database, schema });
}
