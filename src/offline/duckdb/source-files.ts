import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { classNameOf, type DataSource, type FileSource } from '../../definitions/index.js';
import { CodedError } from '../../shared/errors.js';
import { literal } from './sql.js';

/** Files that hold a source's rows. */
export interface SourceFiles {
  readonly source: FileSource;
  /** absolute path or glob, as given: for messages */
  readonly path: string;
  /** what DuckDB reads: the path, or a glob over a folder */
  readonly pattern: string;
}

/**
 * Where a file source's rows lie.
 * @param repoPath folder that relative paths start from
 * @throws CodedError SOURCE_UNSUPPORTED, SOURCE_NOT_FOUND
 */
export function locateFiles(source: DataSource, repoPath: string): SourceFiles {
  if (source.kind !== 'file_source') {
    throw new CodedError(
      'SOURCE_UNSUPPORTED',
      `data source "${source.name}" is a ${classNameOf(source)}; the file offline store reads only FileSource (Parquet and CSV)`,
    );
  }
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(source.path)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'file') {
    throw new CodedError(
      'SOURCE_UNSUPPORTED',
      `data source "${source.name}": ${source.path}: ${scheme}:// is not supported; expected a local path or a file:// URI`,
    );
  }
  const path = scheme === 'file' ? fileURLToPath(source.path) : resolve(repoPath, source.path);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    const escaped = path.replace(/[*?[]/g, '[$&]');
    return { source, path, pattern: join(escaped, '**', `*.${source.format}`) };
  }
  if (found === undefined && !/[*?[]/.test(path)) {
    throw new CodedError(
      'SOURCE_NOT_FOUND',
      `data source "${source.name}": ${path} does not exist; expected a ${source.format} file, a folder of them, or a glob`,
    );
  }
  return { source, path, pattern: path };
}

/** CSV as Feast's readers take it: a header, commas, double quotes. Finding that out costs DuckDB 20 times more. */
const CSV_DIALECT = `header = true, delim = ',', quote = '"', escape = '"'`;

/** The FROM clause that reads a source; CSV columns may be given their types. */
export function scanOf(files: SourceFiles, csvTypes: Readonly<Record<string, string>> = {}): string {
  const path = literal(files.pattern);
  if (files.source.format === 'parquet') return `read_parquet(${path}, union_by_name = true)`;
  const types = Object.entries(csvTypes).map(([name, type]) => `${literal(name)}: ${literal(type)}`);
  const typed = types.length === 0 ? '' : `, types = {${types.join(', ')}}`;
  return `read_csv(${path}, union_by_name = true, ${CSV_DIALECT}${typed})`;
}
