import type { TrinoSource } from '../definitions.js';
import { frozen } from '../options.js';
import { type TableSourceOptions, tableBase } from './source-options.js';

/** Declares a table or query of Trino. @throws CodedError DEFINITION_INVALID */
export function trinoSource(options: TableSourceOptions): TrinoSource {
  return frozen({ kind: 'trino_source', ...tableBase('Trino source', options) });
}
