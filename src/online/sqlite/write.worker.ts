/** The thread that writes batches, so that the next one is read and encoded meanwhile. */
import { workerData } from 'node:worker_threads';
import { serveWrites } from '../serve-writes.js';
import { inTransaction, openDatabase } from './database.js';
import { type BatchWriter, batchWriter } from './write-batch.js';

/** What the thread is started with. */
export interface WriterData {
  readonly path: string;
  readonly busyTimeout: number;
}

const { path, busyTimeout } = workerData as WriterData;
const database = openDatabase(path, busyTimeout);
const writers = new Map<string, BatchWriter>();

serveWrites<string>(
  (table, batch) => {
    const writer = writers.get(table) ?? batchWriter(database, table);
    writers.set(table, writer);
    return inTransaction(database, () => writer.write(batch));
  },
  () => {
    database.close();
  },
);
