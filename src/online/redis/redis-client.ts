import { createClient, createCluster, RESP_TYPES } from 'redis';
import type { RedisConfig } from './redis-config.js';

/** What reads, drops and, in a cluster, writes need of node-redis: commands in bytes, bytes in reply. */
export interface RedisClient {
  /** commands sent in one tick go out in one write; `key` finds the node of a cluster that has it */
  send(key: Buffer, readOnly: boolean, parts: readonly (string | Buffer)[]): Promise<unknown>;
  /** the same command to each server that holds keys; all of them, in turn */
  onEveryServer<T>(use: (send: (parts: (string | Buffer)[]) => Promise<unknown>) => Promise<T>): Promise<T[]>;
  close(): void;
}

const BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };
const CONNECT_TIMEOUT = 10_000;

/** Connects. @throws what node-redis throws */
export async function openRedisClient(config: RedisConfig): Promise<RedisClient> {
  return config.cluster ? openCluster(config) : openServer(config);
}

/** A server that goes away fails what is under way, and is looked for again with the next command. */
function optionsOf({ username, password, tls }: RedisConfig) {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT,
      reconnectStrategy: false as const,
      ...(tls === undefined ? {} : { ...tls, tls: true as const }),
    },
  };
}

async function openServer(config: RedisConfig): Promise<RedisClient> {
  const { host, port } = config.nodes[0]!;
  const options = optionsOf(config);
  const client = createClient({
    ...options,
    database: config.db,
    socket: { ...options.socket, host, port },
  });
  // errors reach whoever sent the command
  client.on('error', () => {});
  await client.connect();
  const send = (parts: readonly (string | Buffer)[]) => client.sendCommand(parts, BYTES);
  return {
    send: (_key, _readOnly, parts) => send(parts),
    onEveryServer: async (use) => [await use(send)],
    close: () => client.destroy(),
  };
}

async function openCluster(config: RedisConfig): Promise<RedisClient> {
  const cluster = createCluster({
    rootNodes: config.nodes.map(({ host, port }) => ({ socket: { host, port } })),
    defaults: optionsOf(config),
  });
  cluster.on('error', () => {});
  await cluster.connect();
  return {
    send: (key, readOnly, parts) => cluster.sendCommand(key, readOnly, [...parts], BYTES),
    async onEveryServer(use) {
      const results = [];
      for (const master of cluster.masters) {
        const node = await cluster.nodeClient(master);
        results.push(await use((parts) => node.sendCommand(parts, BYTES)));
      }
      return results;
    },
    close: () => cluster.destroy(),
  };
}
