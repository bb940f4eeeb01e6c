/** The thread that writes batches to a standalone server, so that the next one is read and encoded meanwhile. */
import { workerData } from 'node:worker_threads';
import { serveWrites } from '../serve-writes.js';
import { type BulkWriter, openBulkWriter } from './bulk-writer.js';
import type { RedisConfig } from './redis-config.js';

/** The view that a batch belongs to. */
export interface WriteTarget {
  readonly project: string;
  readonly view: string;
}

const config = workerData as RedisConfig;
let writer: BulkWriter | undefined;

serveWrites<WriteTarget>(
  async ({ project, view }, batch) => {
    writer ??= await openBulkWriter(config);
    return writer.write(project, view, batch);
  },
  () => writer?.close(),
);
