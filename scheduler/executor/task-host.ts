import type { Logger, LogLevel } from '../../src/shared/logger.js';
import { createBreeExecutor } from './bree-executor.js';
import type { Executor } from './executor.js';
import type { FromTaskHost, ToTaskHost } from './host-protocol.js';

/** The process that hosts the task workers: a Bree executor behind the IPC channel to the scheduler. */
const tell = (message: FromTaskHost): void => void process.send!(message);
const at = (level: LogLevel): Logger['info'] => {
  return (message) => tell({ kind: 'log', level, message });
};
const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };

let executor: Promise<Executor>;

async function onMessage(message: ToTaskHost): Promise<void> {
  if (message.kind === 'open') {
    executor = createBreeExecutor({ ...message.settings, logger });
    (await executor).onEvent((event) => tell({ kind: 'event', event }));
  } else if (message.kind === 'start') {
    (await executor).start(message.request);
  } else if (message.kind === 'stop') {
    (await executor).stop(message.attemptId, message.reason);
  } else {
    await (await executor).close();
    process.disconnect();
  }
}

process.on('message', onMessage);
// Without its scheduler nobody would know what a task did; native code must not delay the end.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Ctrl-C goes to all processes of a terminal; the scheduler decides how to end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
