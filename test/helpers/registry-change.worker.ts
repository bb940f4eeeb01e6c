/**
 * Run as a process with a WorkerOrder as argument: makes changes of one registry, and prints a line
 * `{"done": n, "ms": …}` for every one that was acknowledged.
 */
import { changeNumber, openConfigured, type WorkerOrder } from './registry-changes.js';

const order = JSON.parse(process.argv[2]!) as WorkerOrder;
const registry = await openConfigured(order.registry, order.folder);
for (let n = order.from; n < order.count; n++) {
  const started = performance.now();
  const { edit, scope } = changeNumber(order.slot, n);
  await registry.change(edit, scope);
  process.stdout.write(`${JSON.stringify({ done: n, ms: performance.now() - started })}\n`);
}
await registry.close();
