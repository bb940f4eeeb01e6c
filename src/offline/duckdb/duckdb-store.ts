import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { z } from 'zod';
import type { BackendConfig } from '../../config/repo-config.js';
import { parseSection } from '../../config/section.js';
import { CodedError } from '../../shared/errors.js';
import type { ColumnBatch } from '../column-batch.js';
import type { LatestRows, LatestRowsRequest, OfflineStore, SourceColumn } from '../offline-store.js';
import { feastTypeOfDuckDB, isTimestampType } from './column-types.js';
import { sourceError } from './duckdb-errors.js';
import { latestRowsQuery } from './latest-rows-query.js';
import { readBatches } from './read-batches.js';
import { locateFiles, type SourceFiles, scanOf } from './source-files.js';

const SECTION = z.strictObject({
  /** DuckDB works within it and spills the rest to temp_directory */
  memory_limit: z
    .string()
    .regex(/^\d+(\.\d+)?\s*([KMGT]i?B)$/, 'expected a size such as 512MB or 2GiB')
    .default('512MB'),
  threads: z.int().min(1).optional(),
  temp_directory: z.string().min(1).optional(),
});

/**
 * The offline store for files: Parquet and CSV, a file, a glob or a folder, queried by an embedded DuckDB.
 * @param repoPath folder that relative paths start from
 * @throws CodedError CONFIG_UNKNOWN_KEY, CONFIG_INVALID_VALUE
 */
export async function openDuckDBStore(config: BackendConfig, repoPath: string): Promise<OfflineStore> {
  const section = parseSection(config.section, SECTION);
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: section.memory_limit,
    temp_directory: section.temp_directory ?? join(tmpdir(), `feast-scheduler-duckdb-${process.pid}`),
    ...(section.threads === undefined ? {} : { threads: String(section.threads) }),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });

  async function connect(): Promise<DuckDBConnection> {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  }

  async function withConnection<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await connect();
    try {
      return await use(connection);
    } finally {
      connection.closeSync();
    }
  }

  async function describeFiles(connection: DuckDBConnection, files: SourceFiles): Promise<SourceColumn[]> {
    const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scanOf(files)}`);
    return reader.getRows().map(([name, nativeType]) => ({
      name: String(name),
      nativeType: String(nativeType),
      type: feastTypeOfDuckDB(String(nativeType)),
      isTimestamp: isTimestampType(String(nativeType)),
    }));
  }

  async function describe(source: LatestRowsRequest['source']): Promise<readonly SourceColumn[]> {
    const files = locateFiles(source, repoPath);
    return withConnection((connection) => describeFiles(connection, files)).catch((error: unknown) => {
      throw sourceError(error, files);
    });
  }

  async function latestRows(request: LatestRowsRequest): Promise<LatestRows> {
    const files = locateFiles(request.source, repoPath);
    const prepared = await withConnection(async (connection) => {
      const query = latestRowsQuery(request, files, await describeFiles(connection, files));
      const [counts] = (await connection.runAndReadAll(query.count)).getRows();
      return { query, rowsRead: Number(counts![0]), nullKeyRows: Number(counts![1]) };
    }).catch((error: unknown) => {
      throw sourceError(error, files);
    });
    const { query, rowsRead, nullKeyRows } = prepared;

    async function* batches(): AsyncGenerator<ColumnBatch> {
      if (rowsRead === nullKeyRows) return;
      const connection = await connect();
      const interrupt = () => connection.interrupt();
      request.signal?.addEventListener('abort', interrupt);
      try {
        const result = await connection.stream(query.rows);
        yield* readBatches(result, request.joinKeys, request.features, query.hasCreatedTime);
      } catch (error) {
        if (request.signal?.aborted) {
          throw new CodedError('MATERIALIZATION_ABORTED', `reading ${files.path} was stopped`, {
            cause: error,
          });
        }
        throw sourceError(error, files);
      } finally {
        request.signal?.removeEventListener('abort', interrupt);
        connection.closeSync();
      }
    }
    return { batches: batches(), statistics: { rowsRead, nullKeyRows } };
  }

  return {
    name: 'duckdb',
    describe,
    latestRows,
    close: async () => instance.closeSync(),
  };
}
