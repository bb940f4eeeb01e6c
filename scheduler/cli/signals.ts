import type { Logger } from '../../src/shared/logger.js';
import type { SchedulerLoop } from '../loop/scheduler-loop.js';

/**
 * Ends the loop when the process is asked to: the first signal lets running tasks finish, the second stops them,
 * the third does not wait for anything.
 * @returns what takes the handlers off again
 */
export function stopOnSignals(loop: SchedulerLoop, logger: Logger): () => void {
  let count = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    count++;
    if (count === 1) {
      logger.info(`${signal}: starting nothing more; running tasks may finish. Once more to stop them.`);
      void loop.stop();
    } else if (count === 2) {
      logger.warn(`${signal}: stopping running tasks; they run again with the next start`);
      void loop.stop(0);
    } else {
      process.exit(130);
    }
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
