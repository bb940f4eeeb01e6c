import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Servers that a test was promised and cannot have fail it; without the promise it says so and is skipped. */
export const REQUIRE_SERVICES = process.env.REQUIRE_SERVICES === '1';

/** Whether a program is on PATH. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export interface RedisServer {
  readonly port: number;
  readonly process: ChildProcess;
}

/** A redis-server of the test's own that keeps nothing on disk; ended when the process is. */
export async function startRedis(folder: string, options: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn('redis-server', [...own, '--databases', '200', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => server.kill('SIGKILL'));
  let log = '';
  for await (const chunk of server.stdout) {
    log += chunk;
    if (log.includes('Ready to accept connections')) break;
  }
  if (!log.includes('Ready to accept connections')) throw new Error(`redis-server did not start: ${log}`);
  return { port, process: server };
}

/** A PostgreSQL server with a superuser and a database `test`: POSTGRES_HOST and POSTGRES_PORT, else this machine's. */
export const POSTGRES = {
  host: process.env.POSTGRES_HOST ?? '127.0.0.1',
  port: Number(process.env.POSTGRES_PORT ?? 5432),
  user: 'postgres',
  password: process.env.POSTGRES_PASSWORD ?? 'postgres',
  database: 'test',
} as const;

/** A MySQL or MariaDB server with a database `test`: MYSQL_HOST and MYSQL_PORT, else this machine's. */
export const MYSQL = {
  host: process.env.MYSQL_HOST ?? '127.0.0.1',
  port: Number(process.env.MYSQL_PORT ?? 3306),
  user: 'root',
  password: process.env.MYSQL_PASSWORD ?? '',
  database: 'test',
} as const;

/** Whether somebody listens there. */
export async function isListening({ host, port }: { host: string; port: number }): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

let names = 0;

/** A name that no other test and no other process of this machine uses. */
export function uniqueName(): string {
  return `feast_test_${process.pid}_${names++}`;
}
