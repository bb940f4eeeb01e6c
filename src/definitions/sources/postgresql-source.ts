import type { PostgreSQLSource } from '../definitions.js';
import { frozen } from '../options.js';
import { type TableSourceOptions, tableBase } from './source-options.js';

/** Declares a table or query of PostgreSQL. @throws CodedError DEFINITION_INVALID */
export function postgresqlSource(options: TableSourceOptions): PostgreSQLSource {
  return frozen({ kind: 'postgresql_source', ...tableBase('PostgreSQL source', options) });
}
