import { type Connection, createConnection, createPool, type Pool } from 'mysql2/promise';
import type { MysqlConfig } from './mysql-config.js';

const CONNECT_TIMEOUT = 10_000;
const READERS = 10;

/** Connections to a database: some that read, and one that writes. */
export interface Connections {
  readonly readers: Pool;
  /** connects when it is first asked for; @throws what mysql2 throws */
  writer(): Promise<Connection>;
  close(): Promise<void>;
}

export function openConnections(config: MysqlConfig): Connections {
  const options = {
    ...config,
    connectTimeout: CONNECT_TIMEOUT,
    charset: 'utf8mb4',
    // so that a row that is left as it was does not count as affected
    flags: ['-FOUND_ROWS'],
  };
  const readers = createPool({ ...options, connectionLimit: READERS });
  let writing: Promise<Connection> | undefined;

  async function openWriter(): Promise<Connection> {
    const connection = await createConnection(options);
    // whoever uses it next is told
    connection.on('error', () => {});
    // a TIMESTAMP is written in the zone of the session; a value too long must fail, not be cut
    await connection.query(
      `SET SESSION time_zone = '+00:00', SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')`,
    );
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    return connection;
  }

  return {
    readers,
    writer() {
      writing ??= openWriter().catch((error) => {
        writing = undefined;
        throw error;
      });
      return writing;
    },
    async close() {
      // one that never opened has told its opener why
      const writer = await writing?.catch(() => undefined);
      await Promise.all([readers.end(), writer?.end()]);
    },
  };
}
