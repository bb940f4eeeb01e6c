import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { CodedError, messageOf } from '../../src/shared/errors.js';
import { failure, failureOf, stopFailure } from './attempt-error.js';
import { type AttemptLog, openAttemptLog } from './attempt-log.js';
import { captureOutput } from './captured-output.js';
import type { AttemptOutcome, AttemptRequest } from './executor.js';
import { readGateResult } from './gate-result.js';
import { toJsonText } from './json-value.js';
import { loadBundle, loadCallback, loadTask } from './loaded-tasks.js';
import { createProgressSender, type ProgressSender } from './progress-sender.js';
import { createTaskContext } from './task-context.js';
import type { FromTaskWorker, ToTaskWorker } from './task-protocol.js';

/** Runs attempts of tasks, one at a time, and stays warm in between: bundles once loaded stay loaded. */
const port = parentPort!;
const tell = (message: FromTaskWorker): void => port.postMessage(message);

interface RunningAttempt {
  readonly request: AttemptRequest;
  readonly startedAt: number;
  readonly stop: AbortController;
  readonly progress: ProgressSender;
  log: AttemptLog | undefined;
}

let running: RunningAttempt | undefined;

process.setSourceMapsEnabled(true);

async function run(request: AttemptRequest): Promise<void> {
  const { attemptId } = request;
  const attempt: RunningAttempt = {
    request,
    startedAt: performance.now(),
    stop: new AbortController(),
    progress: createProgressSender((progress) => tell({ kind: 'progress', attemptId, progress })),
    log: undefined,
  };
  running = attempt;
  try {
    attempt.log = openAttemptLog(request);
    attempt.log.writeHeader();
    finish(attempt, { kind: 'success', value: toJsonText(await call(attempt, attempt.log)) });
  } catch (error) {
    finish(attempt, failureOf(error));
  }
}

async function call({ request, stop, progress }: RunningAttempt, log: AttemptLog): Promise<unknown> {
  const { bundle, dagId, taskId } = request;
  if (request.callback !== undefined) {
    const { kind, error } = request.callback;
    const { dag, run } = await loadCallback(bundle, dagId, taskId, kind);
    stop.signal.throwIfAborted();
    const context = createTaskContext(request, dag, log.logger, stop.signal, progress.report);
    tell({ kind: 'started', attemptId: request.attemptId });
    await run(Object.freeze({ ...context, taskId: taskId === '' ? null : taskId, callback: kind, error }));
    return undefined;
  }
  const { dag, task } = await loadTask(bundle, dagId, taskId);
  stop.signal.throwIfAborted();
  const context = createTaskContext(request, dag, log.logger, stop.signal, progress.report);
  tell({ kind: 'started', attemptId: request.attemptId });
  return readGateResult(dag, task, await task.run(context));
}

/** `spent`: the worker is to be replaced. An attempt ends once: what its function does later is ignored. */
function finish(attempt: RunningAttempt, outcome: AttemptOutcome, spent = false): void {
  if (running !== attempt) return;
  running = undefined;
  attempt.progress.flush();
  try {
    attempt.log?.writeFooter(outcome, performance.now() - attempt.startedAt);
    attempt.log?.close();
  } catch (error) {
    // what the task did stands, whether or not its log can tell
    tell({ kind: 'trouble', message: `cannot write ${attempt.request.logFile}: ${messageOf(error)}` });
  }
  const { attemptId } = attempt.request;
  tell({ kind: 'finished', attemptId, outcome, heapBytes: getHeapStatistics().used_heap_size, spent });
}

/** An error that nobody caught may have left anything half done; the worker is not used again. */
function failUncaught(error: unknown): void {
  if (running !== undefined) {
    finish(running, failureOf(error), true);
    return;
  }
  tell({ kind: 'trouble', message: `an error after the end of its attempt: ${messageOf(error)}` });
  exit(1);
}

const exit = process.exit.bind(process);
process.exit = (code) => {
  const message = `the task called process.exit(${code ?? ''}); return or throw instead`;
  const error = new CodedError('TASK_EXITED', message);
  Error.captureStackTrace(error, process.exit);
  if (running !== undefined) finish(running, failure('TASK_EXITED', message, true, error.stack), true);
  return exit(code);
};
process.on('uncaughtException', failUncaught);
process.on('unhandledRejection', failUncaught);
// what is left of an attempt that ended has no log to print to
captureOutput((text) => running?.log?.write(text));

port.on('message', (message: ToTaskWorker) => {
  if (message.kind === 'run') {
    void run(message.request);
  } else if (message.kind === 'preload') {
    // a bundle that cannot be loaded says so when a task of it runs
    loadBundle(message.bundle).catch(() => {});
  } else if (message.kind === 'retire') {
    port.close();
  } else if (running?.request.attemptId === message.attemptId) {
    const { code, message: text } = stopFailure(message.reason, running.request).error;
    running.stop.abort(new CodedError(code as 'TASK_TIMEOUT', text));
  }
});
