/** Empty SQL databases for tests, on the servers of services.ts when they are there. */
import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { MYSQL, POSTGRES, REQUIRE_SERVICES } from './services.js';

export type Server = 'postgres' | 'mariadb';

const SERVERS: Readonly<Record<Server, string>> = {
  postgres: urlOf('postgresql', POSTGRES),
  mariadb: urlOf('mysql+pymysql', MYSQL),
};

function urlOf(scheme: string, server: typeof POSTGRES | typeof MYSQL): string {
  const { host, port, user, password, database } = server;
  return `${scheme}://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

export interface TestDatabase {
  /** as SQLAlchemy writes it */
  readonly url: string;
  remove(): Promise<void>;
}

/**
 * Makes an empty database of its own.
 * @returns undefined where the server cannot be reached, unless REQUIRE_SERVICES is set
 */
export async function createDatabase(server: Server): Promise<TestDatabase | undefined> {
  const name = `feast_test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  try {
    await runOn[server](`CREATE DATABASE ${name}`);
  } catch (error) {
    if (REQUIRE_SERVICES) throw error;
    return undefined;
  }
  const url = new URL(SERVERS[server]);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => runOn[server](`DROP DATABASE IF EXISTS ${name}`) };
}

/** The URL of an empty database that is dropped when the test ends; undefined: the test logs why it is skipped. */
export async function databaseUrl(t: ExecutionContext, server: Server): Promise<string | undefined> {
  const database = await createDatabase(server);
  if (database === undefined) {
    t.log(`skipped: no ${server} at ${SERVERS[server]}`);
    t.pass();
    return undefined;
  }
  t.teardown(() => database.remove());
  return database.url;
}

const runOn: Readonly<Record<Server, (statement: string) => Promise<void>>> = {
  async postgres(statement) {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: SERVERS.postgres, connectionTimeoutMillis: 3000 });
    await client.connect();
    try {
      await client.query(statement.replace(/^DROP .*$/, '$& WITH (FORCE)'));
    } finally {
      await client.end();
    }
  },
  async mariadb(statement) {
    const { createConnection } = await import('mysql2/promise');
    const { hostname, port, username, password, pathname } = new URL(SERVERS.mariadb);
    const connection = await createConnection({
      host: hostname,
      port: Number(port || 3306),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: pathname.slice(1),
      connectTimeout: 3000,
    });
    try {
      await connection.query(statement);
    } finally {
      await connection.end();
    }
  },
};
