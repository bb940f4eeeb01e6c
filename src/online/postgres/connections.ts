import { Client, type ClientConfig, Pool } from 'pg';
import type { PostgresConfig } from './postgres-config.js';
import { createStaging } from './write-batch.js';

const CONNECT_TIMEOUT = 10_000;

/** Connections to a database: some that read, and one that writes. */
export interface Connections {
  readonly readers: Pool;
  /** connects when it is first asked for, and anew after it broke; @throws what pg throws */
  writer(): Promise<Client>;
  close(): Promise<void>;
}

/** @throws what pg throws, where it has to connect to know whether the server can do TLS */
export async function openConnections(config: PostgresConfig): Promise<Connections> {
  const options = await optionsOf(config);
  const readers = new Pool({ ...options, max: config.readers, allowExitOnIdle: true });
  // a connection that breaks while nobody uses it is replaced with the next use
  readers.on('error', () => {});
  let writing: Promise<Client> | undefined;

  async function openWriter(): Promise<Client> {
    const client = new Client(options);
    client.on('error', () => {});
    client.on('end', () => {
      writing = undefined;
    });
    await client.connect();
    await createStaging(client);
    return client;
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
      const client = await writing?.catch(() => undefined);
      await Promise.all([readers.end(), client?.end()]);
    },
  };
}

async function optionsOf(config: PostgresConfig): Promise<ClientConfig> {
  const { host, port, database, user, password, ssl, keepAliveSeconds } = config;
  const options: ClientConfig = {
    host,
    port,
    database,
    user,
    password,
    application_name: 'feast-scheduler',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveSeconds * 1000,
  };
  if (ssl.mode === 'off') return options;
  const encrypted = { ...options, ssl: ssl.tls };
  if (ssl.mode === 'on') return encrypted;
  const client = new Client(encrypted);
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return encrypted;
  } catch (error) {
    if (!/does not support SSL/.test((error as Error).message)) throw error;
    return options;
  }
}
