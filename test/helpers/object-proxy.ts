import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What is to happen to a write: it gets there and its answer is lost; it never gets there; it gets this answer. */
export type WriteFault = 'lose answer' | 'lose request' | 503 | 403;

/**
 * Stands before an object store and lets through one request at a time: moto looks at a precondition and writes
 * without a lock in between, which a real store does not.
 */
export interface ObjectProxy {
  readonly url: string;
  /** what happens to the next writes, in order; empty: they go through */
  readonly faults: WriteFault[];
  /** called after a write whose answer is lost, before the client learns of it */
  afterLoss: () => Promise<void>;
  /** `METHOD` of every request that came, in order */
  readonly requests: string[];
  close(): Promise<void>;
}

export async function startObjectProxy(target: string): Promise<ObjectProxy> {
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    proxy.requests.push(request.method!);
    const isWrite = request.method === 'PUT' || request.method === 'POST';
    const fault = isWrite ? proxy.faults.shift() : undefined;
    last = last.then(async () => {
      const body = await buffer(request);
      if (fault === 'lose request') return request.socket.destroy();
      if (typeof fault === 'number') return response.writeHead(fault).end();
      const answer = await forward(target, request, body);
      if (fault === 'lose answer') {
        // what it does goes through here too: it cannot be waited for in turn
        void proxy.afterLoss().then(() => request.socket.destroy());
        return;
      }
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    last = last.catch((error) => response.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: ObjectProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: [],
    afterLoss: async () => {},
    requests: [],
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return proxy;
}

async function forward(target: string, request: IncomingMessage, body: Buffer) {
  // the body was read as a whole: it is no longer sent in chunks
  const { 'transfer-encoding': _, ...kept } = request.headers;
  const headers = { ...kept, connection: 'close', 'content-length': body.length };
  const forwarded = send(new URL(request.url!, target), { method: request.method!, headers, agent: false });
  forwarded.end(body);
  const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
  return { status: answer.statusCode!, headers: answer.headers, body: await buffer(answer) };
}
