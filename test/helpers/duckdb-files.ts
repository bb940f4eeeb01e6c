import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Writes the rows of an SQL SELECT to a file; the ending says Parquet or CSV. */
export async function writeRows(path: string, select: string, options = ''): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY (${select}) TO '${path}' ${options === '' ? '' : `(${options})`}`);
  connection.closeSync();
  instance.closeSync();
}
