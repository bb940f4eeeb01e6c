import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { EncodedBatch } from './encoded-batch.js';
import { inTurn } from './in-turn.js';
import type { WriteResult } from './online-store.js';
import type { WriteAnswer, WriteRequest } from './write-protocol.js';

/** Writes batches in a thread of its own, one after the other. */
export interface WriterThread<Target> {
  /** @throws an error with the driver's code */
  write(target: Target, batch: EncodedBatch): Promise<WriteResult>;
  close(): Promise<void>;
}

/**
 * Starts the thread. It keeps the process alive only while a batch is under way.
 * @param entry a module that calls serveWrites
 * @param data its workerData
 */
export function startWriterThread<Target>(entry: URL, data: unknown): WriterThread<Target> {
  const worker = new Worker(entry, { workerData: data });
  worker.unref();
  let ended = false;
  worker.once('exit', () => {
    ended = true;
  });
  const nextWrite = inTurn();

  async function exchange(request: WriteRequest<Target>): Promise<WriteResult> {
    if (ended) throw new Error('the thread that writes to the online store has ended');
    worker.ref();
    try {
      worker.postMessage(request);
      // rejects with what ended the thread, if anything did
      const [answer] = (await once(worker, 'message')) as [WriteAnswer];
      if (answer.kind === 'written') return answer.result;
      throw Object.assign(new Error(answer.message), { code: answer.code });
    } finally {
      worker.unref();
    }
  }

  return {
    write: (target, batch) => nextWrite(() => exchange({ target, batch })),
    close: () =>
      nextWrite(async () => {
        if (ended) return;
        worker.ref();
        worker.postMessage('close');
        await once(worker, 'exit');
      }),
  };
}
