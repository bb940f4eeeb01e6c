import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { CodedError } from '../../shared/errors.js';
import { isConflict, toCodedError } from './sql-errors.js';
import type { DatabaseAddress, Dialect } from './sql-url.js';

/** One connection, within a transaction. */
export interface SqlSession {
  readonly dialect: Dialect;
  readonly place: string;
  /** @param bindings one for each "?" */
  query<Row>(statement: string, bindings?: readonly unknown[]): Promise<Row[]>;
}

/** A database; connections are made when they are needed. Every method throws what toCodedError makes of an error. */
export interface SqlDatabase {
  /** Runs `work` on a state of the database that does not change meanwhile, and does not hinder others. */
  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /**
   * Runs `work` as one transaction, alone among all that change registries through this function: what it throws
   * undoes it. On MySQL, statements that define tables cannot be undone, and end the transaction.
   */
  change<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How long to wait for others that change the registry. */
const LOCK_SECONDS = 60;

interface Statements {
  readonly client: string;
  readonly beginRead: string;
  /** what takes the lock, in order */
  readonly beginChange: readonly string[];
  /** after the transaction; the lock ends with it where there is none */
  readonly unlock?: string;
}

const MYSQL_LOCK = `CONCAT('feast_registry.', MD5(DATABASE()))`;

const STATEMENTS: Readonly<Record<Dialect, Statements>> = {
  postgres: {
    client: 'pg',
    beginRead: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    beginChange: [
      'BEGIN ISOLATION LEVEL READ COMMITTED',
      `SET LOCAL lock_timeout = '${LOCK_SECONDS}s'`,
      `SELECT pg_advisory_xact_lock(hashtext('feast_registry'), hashtext(current_schema()))`,
    ],
  },
  mysql: {
    client: 'mysql2',
    beginRead: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
    beginChange: [`SELECT GET_LOCK(${MYSQL_LOCK}, ${LOCK_SECONDS}) AS granted`, 'START TRANSACTION'],
    unlock: `SELECT RELEASE_LOCK(${MYSQL_LOCK})`,
  },
  sqlite: {
    client: 'better-sqlite3',
    beginRead: 'BEGIN',
    beginChange: ['BEGIN IMMEDIATE'],
  },
};

/** SQLite waits on the thread: only for the moment that a commit takes, and again and again without a thread. */
const SQLITE_POOL = {
  min: 0,
  max: 1,
  afterCreate(connection: { pragma(text: string): void }, done: (error: null, connection: unknown) => void) {
    connection.pragma('busy_timeout = 250');
    done(null, connection);
  },
};

/** @param poolSize connections at most; SQLite has one */
export function openDatabase(address: DatabaseAddress, poolSize: number): SqlDatabase {
  const { dialect, place } = address;
  const statements = STATEMENTS[dialect];
  const client = knex({
    client: statements.client,
    connection: { ...address.connection },
    pool: dialect === 'sqlite' ? SQLITE_POOL : { min: 0, max: poolSize },
    useNullAsDefault: true,
    compileSqlOnError: false,
    // what knex would print is thrown as well, with the place and without the password
    log: { warn() {}, error() {}, debug() {}, deprecate() {} },
  });

  async function withConnection<T>(
    doing: 'read' | 'write',
    work: (session: SqlSession) => Promise<T>,
  ): Promise<T> {
    const connection = await acquire(doing);
    try {
      return await work(sessionOn(client, connection, address, doing));
    } finally {
      await client.client.releaseConnection(connection);
    }
  }

  async function acquire(doing: 'read' | 'write'): Promise<Disposable> {
    try {
      return (await client.client.acquireConnection()) as Disposable;
    } catch (error) {
      throw toCodedError(error, address, doing);
    }
  }

  async function inTransaction<T>(
    session: SqlSession,
    begin: readonly string[],
    work: (session: SqlSession) => Promise<T>,
  ): Promise<T> {
    let isBegun = false;
    try {
      for (const statement of begin) {
        checkGranted(await queryPatiently(session, statement), place);
        isBegun = true;
      }
      const result = await work(session);
      await session.query('COMMIT');
      return result;
    } catch (error) {
      // where even this fails, the connection is broken, and the first error tells more
      if (isBegun) await session.query('ROLLBACK').catch(() => {});
      throw error;
    }
  }

  return {
    read: (work) => withConnection('read', (session) => inTransaction(session, [statements.beginRead], work)),
    change: (work) =>
      withConnection('write', async (session) => {
        try {
          return await inTransaction(session, statements.beginChange, work);
        } finally {
          if (statements.unlock !== undefined) await session.query(statements.unlock).catch(() => {});
        }
      }),
    close: () => client.destroy(),
  };
}

/** knex gives a connection that is marked so to nobody else. */
type Disposable = { __knex__disposed?: unknown };

function sessionOn(
  client: Knex,
  connection: Disposable,
  address: DatabaseAddress,
  doing: 'read' | 'write',
): SqlSession {
  const { dialect, place } = address;
  return {
    dialect,
    place,
    async query<Row>(statement: string, bindings: readonly unknown[] = []) {
      try {
        const result = await client.raw(statement, bindings as Knex.RawBinding[]).connection(connection);
        if (dialect === 'postgres') return result.rows as Row[];
        return (dialect === 'mysql' ? result[0] : result) as Row[];
      } catch (error) {
        // a transaction that could not be ended, or a lock that was not given back, must not go to the next user
        if (statement === 'ROLLBACK' || statement.includes('RELEASE_LOCK'))
          connection.__knex__disposed = error;
        throw toCodedError(error, address, doing);
      }
    },
  };
}

/** For SQLite's lock, which tells at once, or after a moment, that another holds it. */
async function queryPatiently(session: SqlSession, statement: string): Promise<unknown> {
  const started = performance.now();
  for (;;) {
    try {
      return await session.query(statement);
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (performance.now() - started > LOCK_SECONDS * 1000) throw lockTimeout(session.place);
    }
    await sleep(1 + Math.random() * 20);
  }
}

function checkGranted(rows: unknown, place: string): void {
  const [row] = Array.isArray(rows) ? (rows as { granted?: unknown }[]) : [];
  if (row === undefined || !('granted' in row) || Number(row.granted) === 1) return;
  throw lockTimeout(place);
}

function lockTimeout(place: string): CodedError {
  return new CodedError(
    'LOCK_TIMEOUT',
    `registry ${place}: others have been changing it for ${LOCK_SECONDS} seconds; nothing was written, try again`,
  );
}
