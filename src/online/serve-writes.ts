import { parentPort } from 'node:worker_threads';
import { messageOf } from '../shared/errors.js';
import type { EncodedBatch } from './encoded-batch.js';
import type { WriteResult } from './online-store.js';
import type { WriteAnswer, WriteRequest } from './write-protocol.js';

/**
 * The thread's side of startWriterThread: writes what it is sent until it is told to close.
 * @param write called for one batch at a time
 * @param close releases what would keep the thread alive
 */
export function serveWrites<Target>(
  write: (target: Target, batch: EncodedBatch) => WriteResult | Promise<WriteResult>,
  close: () => void | Promise<void>,
): void {
  const port = parentPort!;

  async function answer({ target, batch }: WriteRequest<Target>): Promise<WriteAnswer> {
    try {
      return { kind: 'written', result: await write(target, batch) };
    } catch (error) {
      // errors lose their code on the way between threads
      return { kind: 'failed', message: messageOf(error), code: (error as { code?: string }).code };
    }
  }

  port.on('message', async (request: WriteRequest<Target> | 'close') => {
    if (request !== 'close') {
      port.postMessage(await answer(request));
      return;
    }
    await close();
    port.close();
  });
}
