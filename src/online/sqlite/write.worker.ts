/** The thread that writes batches, so that the next one is read and encoded meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../shared/errors.js';
import { inTransaction, openDatabase } from './database.js';
import { type BatchWriter, batchWriter } from './write-batch.js';
import type { WriteAnswer, WriteRequest, WriterData } from './write-protocol.js';

const { path, busyTimeout } = workerData as WriterData;
const port = parentPort!;
const database = openDatabase(path, busyTimeout);
const writers = new Map<string, BatchWriter>();

function answer({ table, batch }: WriteRequest): WriteAnswer {
  try {
    const writer = writers.get(table) ?? batchWriter(database, table);
    writers.set(table, writer);
    return { kind: 'written', result: inTransaction(database, () => writer.write(batch)) };
  } catch (error) {
    // errors lose their code on the way between threads
    return { kind: 'failed', message: messageOf(error), code: (error as { code?: string }).code };
  }
}

port.on('message', (request: WriteRequest | 'close') => {
  if (request !== 'close') {
    port.postMessage(answer(request));
    return;
  }
  database.close();
  port.close();
});
