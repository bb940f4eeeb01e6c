import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { EncodedBatch } from '../encoded-batch.js';
import type { WriteResult } from '../online-store.js';
import type { WriteAnswer, WriteRequest, WriterData } from './write-protocol.js';

/** Writes batches in a thread of its own, one after the other. */
export interface WriterThread {
  /** @throws an error with SQLite's code */
  write(table: string, batch: EncodedBatch): Promise<WriteResult>;
  close(): Promise<void>;
}

/** Starts the thread. It keeps the process alive only while a batch is under way. */
export function startWriterThread(data: WriterData): WriterThread {
  const worker = new Worker(new URL('./write.worker.js', import.meta.url), { workerData: data });
  worker.unref();
  let ended = false;
  worker.once('exit', () => {
    ended = true;
  });
  let last: Promise<unknown> = Promise.resolve();

  async function exchange(request: WriteRequest): Promise<WriteResult> {
    if (ended) throw new Error('the thread that writes to SQLite has ended');
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
    write(table, batch) {
      const written = last.then(() => exchange({ table, batch }));
      last = written.catch(() => {});
      return written;
    },
    async close() {
      await last;
      if (ended) return;
      worker.ref();
      worker.postMessage('close');
      await once(worker, 'exit');
    },
  };
}
