// Run as a process: takes the lock, says so, and holds it until it is killed.
import { withProcessLock } from '../../src/shared/process-lock.js';

await withProcessLock(process.argv[2]!, async () => {
  process.send!('locked');
  await new Promise<void>((resolve) => process.on('message', () => resolve()));
});
process.disconnect();
