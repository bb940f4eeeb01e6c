import { isAbsolute, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Describe } from '../../src/apply/index.js';
import type { FeastType } from '../../src/definitions/index.js';
import { CodedError } from '../../src/shared/errors.js';

const TYPES: Record<string, FeastType> = {
  BIGINT: 'Int64',
  INTEGER: 'Int32',
  DOUBLE: 'Float64',
  FLOAT: 'Float32',
  VARCHAR: 'String',
  BOOLEAN: 'Bool',
  'FLOAT[]': 'Array(Float32)',
  TIMESTAMP: 'UnixTimestamp',
  'TIMESTAMP WITH TIME ZONE': 'UnixTimestamp',
};

/** Columns of Parquet files below a folder, as DuckDB sees them. */
export function describeParquetIn(folder: string): Describe {
  return async (source) => {
    if (source.kind !== 'file_source') {
      throw new CodedError('SOURCE_UNSUPPORTED', `cannot describe a ${source.kind}`);
    }
    const path = isAbsolute(source.path) ? source.path : join(folder, source.path);
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    try {
      const rows = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
      return rows.getRows().map(([name, nativeType]) => ({
        name: String(name),
        nativeType: String(nativeType),
        type: TYPES[String(nativeType)],
        isTimestamp: String(nativeType).startsWith('TIMESTAMP'),
      }));
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  };
}
