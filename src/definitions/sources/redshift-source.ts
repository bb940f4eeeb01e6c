import type { RedshiftSource } from '../definitions.js';
import { frozen, isText } from '../options.js';
import { type TableSourceOptions, tableBase } from './source-options.js';

export interface RedshiftSourceOptions extends TableSourceOptions {
  database?: string;
  /** default: public, where a table is given */
  schema?: string;
}

/** Declares a table or query of Redshift. @throws CodedError DEFINITION_INVALID */
export function redshiftSource(options: RedshiftSourceOptions): RedshiftSource {
  const base = tableBase('Redshift source', options, { database: isText, schema: isText });
  const schema = options.schema ?? (base.table === '' ? '' : 'public');
  return frozen({ kind: 'redshift_source', ...base, database: options.database ?? '', schema });
}
