import type { RunStore } from '../run-store.js';
import { attemptQueries } from './attempt-queries.js';
import { backfillQueries } from './backfill-queries.js';
import { dagQueries } from './dag-queries.js';
import { leaseQueries } from './lease-queries.js';
import { migrate } from './migrate.js';
import { runQueries } from './run-queries.js';
import type { Sql } from './sql.js';
import { createVersions } from './versions.js';

/**
 * The run store on an SQL database, its schema brought up to date.
 * @param place of the database, for error messages
 * @throws CodedError STATE_DATABASE_NEWER
 */
export async function openSqlRunStore(sql: Sql, place: string): Promise<RunStore> {
  try {
    await migrate(sql, place);
  } catch (error) {
    await sql.close();
    throw error;
  }
  const versions = createVersions();
  return {
    ...dagQueries(sql, versions),
    ...runQueries(sql, versions),
    ...backfillQueries(sql, versions),
    ...attemptQueries(sql, versions),
    ...leaseQueries(sql, place),
    close: () => sql.close(),
  };
}
