import { createRequire } from 'node:module';
import type Database from 'better-sqlite3';
import knex, { type Knex } from 'knex';

interface Query {
  sql: string;
  bindings?: unknown[];
  response?: unknown;
  context?: unknown;
}

/** The part of knex's client that is overridden; knex publishes no types for it. */
interface SqliteClient {
  _formatBindings(bindings: unknown[] | undefined): unknown[];
}
type ClientClass = new (config: Knex.Config) => SqliteClient;

const BaseClient = createRequire(import.meta.url)('knex/lib/dialects/better-sqlite3/index.js') as ClientClass;

/**
 * knex over one open better-sqlite3 connection. Two things differ from knex's own: a transaction takes the write
 * lock at once (a plain BEGIN that reads first cannot wait for another writer), and statements are prepared once.
 */
export function knexOver(database: Database.Database): Knex {
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      if (statements.size >= 500) statements.clear();
      statements.set(sql, statement);
    }
    return statement;
  };

  class Client extends BaseClient {
    async acquireRawConnection(): Promise<Database.Database> {
      return database;
    }

    async _query(_connection: unknown, query: Query): Promise<Query> {
      // A full disk has ended the transaction by itself, and there is nothing to roll back.
      if (query.sql.startsWith('ROLLBACK') && !database.inTransaction) return query;
      const statement = prepared(query.sql === 'BEGIN;' ? 'BEGIN IMMEDIATE;' : query.sql);
      const bindings = this._formatBindings(query.bindings);
      if (statement.reader) {
        query.response = statement.all(bindings);
      } else {
        const result = statement.run(bindings);
        query.response = result;
        query.context = { lastID: result.lastInsertRowid, changes: result.changes };
      }
      return query;
    }
  }

  return knex({
    client: Client as unknown as typeof Knex.Client,
    connection: { filename: database.name },
    useNullAsDefault: true,
    pool: { min: 1, max: 1, idleTimeoutMillis: 2_147_483_647 },
  });
}
