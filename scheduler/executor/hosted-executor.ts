import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../src/shared/errors.js';
import type { Logger } from '../../src/shared/logger.js';
import { failure, stopFailure } from './attempt-error.js';
import { openAttemptLog } from './attempt-log.js';
import type { BreeExecutorSettings } from './bree-executor.js';
import type { AttemptEvent, AttemptRequest, Executor, StopReason } from './executor.js';
import type { FromTaskHost, ToTaskHost } from './host-protocol.js';

const HOST = fileURLToPath(new URL('./task-host.js', import.meta.url));

/** How long a host that was told to close may take before it is killed. */
const CLOSE_MS = 15_000;

export interface HostedExecutorOptions extends BreeExecutorSettings {
  readonly logger: Logger;
}

interface Attempt {
  readonly request: AttemptRequest;
  readonly startedAt: number;
  stopping: StopReason | undefined;
}

/**
 * The Bree executor in a process of its own. Threads share a process, and native code can bring that down: DuckDB
 * aborts it where a thread is terminated in the middle of a query. So the scheduler lives elsewhere: when the host
 * dies, the attempts it ran fail (and may be retried), and another host takes over.
 */
export function createHostedExecutor({ logger, ...settings }: HostedExecutorOptions): Executor {
  let listener: (event: AttemptEvent) => void = () => {};
  let host: ChildProcess | undefined;
  let closing: Promise<void> | undefined;
  const attempts = new Map<string, Attempt>();

  const post = (message: ToTaskHost): void => {
    // a host that is about to die does not take it: its exit event says so
    host!.send(message, (error) => error && logger.debug(`the task host does not listen: ${error.message}`));
  };

  const open = (): void => {
    const opened = fork(HOST, { serialization: 'advanced' });
    host = opened;
    opened.on('message', (message) => onMessage(message as FromTaskHost));
    opened.on('error', (error) => logger.error(`the task host: ${error.message}`));
    opened.on('exit', (code, signal) => onExit(signal ?? `exit code ${code}`));
    post({ kind: 'open', settings });
  };

  const onMessage = (message: FromTaskHost): void => {
    if (message.kind === 'log') logger[message.level](message.message);
    else if (message.event.kind !== 'finished' || attempts.delete(message.event.attemptId))
      listener(message.event);
  };

  const onExit = (how: string): void => {
    host = undefined;
    const cut = [...attempts.values()];
    attempts.clear();
    if (closing === undefined) {
      logger.error(`the process that runs the tasks ended (${how}); ${cut.length} attempts were cut off`);
      if (cut.length > 0) open();
    }
    for (const attempt of cut) finishCut(attempt, how);
  };

  const finishCut = ({ request, startedAt, stopping: told }: Attempt, how: string): void => {
    const durationMs = performance.now() - startedAt;
    // most often it is the end of a thread at its time limit that takes the host along
    const stopping =
      told ?? (durationMs >= (request.timeoutMs ?? Number.POSITIVE_INFINITY) ? 'timeout' : undefined);
    const message = `the process that ran it ended (${how}); native code of this or another task can do that`;
    const outcome = stopping ? stopFailure(stopping, request) : failure('TASK_CRASHED', message, true);
    try {
      const log = openAttemptLog(request);
      log.writeFooter(outcome, durationMs);
      log.close();
    } catch (error) {
      logger.error(`cannot write ${request.logFile}: ${messageOf(error)}`);
    }
    listener({ kind: 'finished', attemptId: request.attemptId, outcome });
  };

  const close = (ended: ChildProcess): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => ended.kill('SIGKILL'), CLOSE_MS);
      ended.on('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      for (const attempt of attempts.values()) attempt.stopping ??= 'shutdown';
      post({ kind: 'close' });
    });

  open();
  return {
    capacity: settings.capacity,
    get running() {
      return attempts.size;
    },
    start(request) {
      if (host === undefined) open();
      attempts.set(request.attemptId, { request, startedAt: performance.now(), stopping: undefined });
      post({ kind: 'start', request });
    },
    stop(attemptId, reason) {
      const attempt = attempts.get(attemptId);
      if (attempt === undefined) return;
      attempt.stopping ??= reason;
      post({ kind: 'stop', attemptId, reason });
    },
    onEvent(next) {
      listener = next;
    },
    close() {
      closing ??= host === undefined ? Promise.resolve() : close(host);
      return closing;
    },
  };
}
