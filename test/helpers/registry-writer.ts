// Run as a process or a worker thread: registers `count` entities, one change each, and tells a parent of each.
import { workerData } from 'node:worker_threads';
import { openFileRegistry } from '../../src/registry/file-registry.js';
import { putEntity } from '../contracts/registry.js';

const [path, prefix, count] = (workerData as string[] | null) ?? process.argv.slice(2);
const backend = openFileRegistry(path!);
for (let n = 0; n < Number(count); n++) {
  await backend.change(putEntity(`${prefix}${n}`));
  process.send?.(n);
}
await backend.close();
