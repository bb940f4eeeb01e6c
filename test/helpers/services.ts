import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

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
