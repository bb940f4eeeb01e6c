import type { Worker } from 'node:worker_threads';
import type Bree from 'bree';
import { messageOf } from '../../src/shared/errors.js';
import type { Logger } from '../../src/shared/logger.js';
import { deathFailure, stopFailure } from './attempt-error.js';
import { openAttemptLog } from './attempt-log.js';
import type { AttemptEvent, AttemptOutcome, AttemptRequest, StopReason } from './executor.js';
import type { FromTaskWorker, ToTaskWorker } from './task-protocol.js';

/** When a slot gives up on an attempt or a worker. */
export interface SlotLimits {
  /** between asking an attempt, or a worker without one, to end and terminating the worker */
  readonly graceMs: number;
  /** between terminating a worker and going on without waiting for it: native code cannot be interrupted */
  readonly abandonMs: number;
  /** attempts after which a worker is replaced */
  readonly attemptsAWorker: number;
  /** heap in use after an attempt beyond which a worker is replaced */
  readonly heapBytes: number;
  /** an unused worker is ended after this */
  readonly idleMs: number;
}

/** One of Bree's named workers through all its lives: none, one that is ready, or one that is about to end. */
export interface WorkerSlot {
  readonly state: 'empty' | 'ready' | 'ending';
  /** of the attempt it runs or is about to run */
  readonly attemptId: string | undefined;
  /** the last bundle it ran a task of */
  readonly bundle: string | undefined;
  /** starts the worker if there is none */
  warm(): void;
  start(request: AttemptRequest): void;
  stop(reason: StopReason): void;
  onMessage(message: FromTaskWorker): void;
  /** stops what runs and ends the worker; resolves when it is gone */
  close(): Promise<void>;
}

interface SlotParts {
  readonly name: string;
  readonly bree: Bree;
  readonly limits: SlotLimits;
  readonly memoryMb: number;
  readonly logger: Logger;
  report(event: AttemptEvent): void;
}

interface Attempt {
  readonly request: AttemptRequest;
  readonly startedAt: number;
  /** whether a worker has it; else it waits for the slot's last worker to end */
  sent: boolean;
  stopping: StopReason | undefined;
  /** its time limit, then its grace */
  timer: NodeJS.Timeout | undefined;
}

export function createWorkerSlot({ name, bree, limits, memoryMb, logger, report }: SlotParts): WorkerSlot {
  let worker: Worker | undefined;
  let state: WorkerSlot['state'] = 'empty';
  let attempt: Attempt | undefined;
  let attempts = 0;
  let bundle: string | undefined;
  let idle: NodeJS.Timeout | undefined;
  let ending: NodeJS.Timeout | undefined;
  /** whether a new worker follows the one that ends */
  let renew = false;
  let closing = false;
  const whenEmpty: (() => void)[] = [];

  const post = (message: ToTaskWorker): void => worker?.postMessage(message);

  const open = (): void => {
    // creates the worker before it returns
    bree
      .run(name)
      .catch((error: unknown) => logger.error(`worker ${name} did not start: ${messageOf(error)}`));
    const opened = bree.workers.get(name)!;
    let death: Error | undefined;
    worker = opened;
    state = 'ready';
    attempts = 0;
    opened.on('error', (error) => {
      death = error;
    });
    opened.on('exit', (code) => onGone(death, code));
  };

  /** Lets a worker that runs nothing end by itself. */
  const retire = (thenRenew: boolean): void => {
    if (worker === undefined || state === 'ending') return;
    state = 'ending';
    renew = thenRenew;
    clearTimeout(idle);
    post({ kind: 'retire' });
    ending = setTimeout(terminate, limits.graceMs);
  };

  /** Ends a worker whatever it does. */
  const terminate = (): void => {
    if (worker === undefined) return;
    state = 'ending';
    const ended = worker;
    ending = setTimeout(() => {
      logger.warn(`worker ${name} does not end; it is left behind`);
      // Bree and this slot must not hear of it again, and an error event without listener would end the process
      ended.removeAllListeners().on('error', () => {});
      ended.unref();
      bree.workers.delete(name);
      onGone(undefined, 1);
    }, limits.abandonMs);
    void ended.terminate();
  };

  const onGone = (death: Error | undefined, code: number): void => {
    clearTimeout(ending);
    clearTimeout(idle);
    const expected = state === 'ending';
    worker = undefined;
    state = 'empty';
    const cut = attempt;
    if (cut?.sent) {
      const outcome = cut.stopping
        ? stopFailure(cut.stopping, cut.request)
        : deathFailure(death, code, memoryMb);
      closeLog(cut, outcome);
      finish(cut, outcome);
      renew = true;
    } else if (!expected) {
      logger.warn(`worker ${name} ended between attempts: ${death?.message ?? `exit code ${code}`}`);
    }
    // reporting the end of an attempt may have started another
    if (attempt !== undefined && !attempt.sent) send(attempt);
    else if (attempt === undefined && renew && !closing) warm();
    renew = false;
    if (state === 'empty') for (const done of whenEmpty.splice(0)) done();
  };

  const send = (next: Attempt): void => {
    if (worker === undefined) open();
    clearTimeout(idle);
    next.sent = true;
    attempts++;
    bundle = next.request.bundle;
    post({ kind: 'run', request: next.request });
  };

  const warm = (): void => {
    if (worker === undefined) open();
    if (bundle !== undefined) post({ kind: 'preload', bundle });
    rest();
  };

  const rest = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => retire(false), limits.idleMs).unref();
  };

  const finish = (done: Attempt, outcome: AttemptOutcome): void => {
    clearTimeout(done.timer);
    attempt = undefined;
    report({ kind: 'finished', attemptId: done.request.attemptId, outcome });
  };

  /** A worker that died could not close its attempt's log. */
  const closeLog = (cut: Attempt, outcome: AttemptOutcome): void => {
    try {
      const log = openAttemptLog(cut.request);
      log.writeFooter(outcome, performance.now() - cut.startedAt);
      log.close();
    } catch (error) {
      logger.error(`cannot write ${cut.request.logFile}: ${messageOf(error)}`);
    }
  };

  const stop = (reason: StopReason): void => {
    if (attempt === undefined || attempt.stopping !== undefined) return;
    const stopped = attempt;
    stopped.stopping = reason;
    clearTimeout(stopped.timer);
    if (!stopped.sent) {
      finish(stopped, stopFailure(reason, stopped.request));
      return;
    }
    post({ kind: 'stop', attemptId: stopped.request.attemptId, reason });
    stopped.timer = setTimeout(terminate, limits.graceMs);
  };

  return {
    get state() {
      return state;
    },
    get attemptId() {
      return attempt?.request.attemptId;
    },
    get bundle() {
      return bundle;
    },
    warm,
    start(request) {
      const { timeoutMs } = request;
      attempt = { request, startedAt: performance.now(), sent: false, stopping: undefined, timer: undefined };
      if (timeoutMs !== null) attempt.timer = setTimeout(() => stop('timeout'), timeoutMs);
      if (state !== 'ending') send(attempt);
    },
    stop,
    onMessage(message) {
      if (message.kind === 'trouble') {
        logger.warn(`worker ${name}: ${message.message}`);
        return;
      }
      const current = attempt;
      // what a worker said before it was left behind, or of an attempt that is over
      if (current?.request.attemptId !== message.attemptId) return;
      if (message.kind !== 'finished') {
        report(message);
        return;
      }
      const { outcome, heapBytes, spent } = message;
      const { stopping } = current;
      const used = spent || attempts >= limits.attemptsAWorker || heapBytes > limits.heapBytes;
      if (closing || stopping !== undefined || used) retire(!closing);
      else rest();
      finish(current, stopping === undefined ? outcome : stopFailure(stopping, current.request));
    },
    async close() {
      closing = true;
      if (attempt !== undefined) stop('shutdown');
      else retire(false);
      if (state === 'empty') return;
      await new Promise<void>((done) => whenEmpty.push(done));
    },
  };
}
