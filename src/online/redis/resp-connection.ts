import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RedisConfig } from './redis-config.js';
import { encodeCommand } from './resp-encoder.js';
import { type Reply, ReplyParser } from './resp-parser.js';

/** A connection for bulk writes: commands go out as bytes, replies come back in their order. */
export interface RespConnection {
  /**
   * Sends `count` commands encoded end to end; resolves to their replies once the last has come.
   * An error that the server replied is a reply; @throws what the socket throws
   */
  send(bytes: Uint8Array, count: number): Promise<Reply[]>;
  close(): void;
}

interface Exchange {
  readonly replies: Reply[];
  readonly count: number;
  readonly resolve: (replies: Reply[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Connects, authenticates and selects the database. @throws what the socket throws, or the server's refusal */
export async function openRespConnection(config: RedisConfig): Promise<RespConnection> {
  const { host, port } = config.nodes[0]!;
  const { tls, username, password, db } = config;
  const socket: Socket =
    tls === undefined ? connect({ host, port }) : connectTls({ host, port, servername: host, ...tls });
  await once(socket, tls === undefined ? 'connect' : 'secureConnect');
  socket.setNoDelay(true);
  // between batches nothing is under way that the process should stay alive for
  socket.unref();

  const waiting: Exchange[] = [];
  let failure: unknown;
  const parser = new ReplyParser((reply) => {
    const exchange = waiting[0]!;
    exchange.replies.push(reply);
    if (exchange.replies.length < exchange.count) return;
    waiting.shift();
    if (waiting.length === 0) socket.unref();
    exchange.resolve(exchange.replies);
  });
  function fail(error: unknown): void {
    failure ??= error;
    for (const exchange of waiting.splice(0)) exchange.reject(failure);
  }
  socket.on('data', (chunk: Buffer) => parser.push(chunk));
  socket.on('error', fail);
  socket.on('close', () =>
    fail(Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' })),
  );

  const connection: RespConnection = {
    send: (bytes, count) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        waiting.push({ replies: [], count, resolve, reject });
        socket.ref();
        socket.write(bytes);
      }),
    close: () => socket.destroy(),
  };
  try {
    if (password !== undefined) {
      await sendOne(connection, ['AUTH', ...(username === undefined ? [] : [username]), password]);
    }
    if (db !== 0) await sendOne(connection, ['SELECT', String(db)]);
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

/** Sends one command. @throws the error the server replied */
export async function sendOne(
  connection: RespConnection,
  parts: readonly (string | Uint8Array)[],
): Promise<Reply> {
  const [reply] = await connection.send(encodeCommand(parts), 1);
  return unlessError(reply!);
}

/** @throws the reply, if it is an error */
export function unlessError(reply: Reply): Reply {
  if (typeof reply === 'object' && reply !== null && 'error' in reply) throw new Error(reply.error);
  return reply;
}
