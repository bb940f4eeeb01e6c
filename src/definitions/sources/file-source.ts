import type { FileSource } from '../definitions.js';
import {
  type Check,
  checkOptions,
  frozen,
  isName,
  isText,
  isTextMap,
  NAMED_CHECKS,
  type NamedOptions,
  named,
} from '../options.js';

export interface FileSourceOptions extends NamedOptions {
  /** default: the path */
  name?: string;
  /** a file, a glob or a folder; relative to the repository folder, absolute, or a file:// URI */
  path: string;
  /** column of the event time; default: the only timestamp column, found on apply */
  timestampField?: string;
  /** column of the time the row was written; decides between rows of the same event time */
  createdTimestampColumn?: string;
  /** source column → feature name */
  fieldMapping?: Readonly<Record<string, string>>;
  /** default: by the path's ending */
  format?: FileSource['format'];
}

const isFormat: Check = (value) =>
  value === 'parquet' || value === 'csv' ? undefined : '"parquet" or "csv"';

/**
 * Declares Parquet or CSV files that hold feature rows.
 * @throws CodedError DEFINITION_INVALID
 */
export function fileSource(options: FileSourceOptions): FileSource {
  checkOptions(
    'file source',
    options,
    {
      name: isName,
      path: isName,
      timestampField: isText,
      createdTimestampColumn: isText,
      fieldMapping: isTextMap,
      format: isFormat,
      ...NAMED_CHECKS,
    },
    ['path'],
  );
  return frozen({
    kind: 'file_source',
    ...named(options.name ?? options.path, options),
    path: options.path,
    format: options.format ?? formatOfPath(options.path),
    timestampField: options.timestampField ?? '',
    createdTimestampColumn: options.createdTimestampColumn ?? '',
    fieldMapping: { ...options.fieldMapping },
  });
}

/** The format a path's ending tells: CSV for `.csv`, compressed or not; otherwise Parquet, as Feast assumes. */
export function formatOfPath(path: string): FileSource['format'] {
  return /\.csv(\.(gz|zst))?$/i.test(path) ? 'csv' : 'parquet';
}
