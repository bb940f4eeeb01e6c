import { fileURLToPath } from 'node:url';
import Bree from 'bree';
import type { Logger } from '../../src/shared/logger.js';
import type { AttemptEvent, Executor } from './executor.js';
import type { FromTaskWorker } from './task-protocol.js';
import { createWorkerSlot, type SlotLimits, type WorkerSlot } from './worker-slot.js';

/** What an executor is set to; plain data, crosses processes. */
export interface BreeExecutorSettings {
  /** attempts at once, each in a thread of its own */
  readonly capacity: number;
  /** JavaScript heap a worker may use, in MB; more is TASK_OUT_OF_MEMORY; default 2048 */
  readonly memoryMb?: number;
  readonly limits?: Partial<SlotLimits>;
}

export interface BreeExecutorOptions extends BreeExecutorSettings {
  readonly logger: Logger;
}

const WORKER = fileURLToPath(new URL('./task.worker.js', import.meta.url));

const LIMITS: SlotLimits = {
  graceMs: 2000,
  abandonMs: 10_000,
  attemptsAWorker: 500,
  heapBytes: 512 * 1024 * 1024,
  idleMs: 60_000,
};

/**
 * The executor for one machine: warm worker threads, owned by Bree, that are used again and again. A worker is
 * replaced after it was stopped, crashed, ran many attempts or kept much memory; threads start when they are
 * first needed and end after a time without work.
 */
export async function createBreeExecutor(options: BreeExecutorOptions): Promise<Executor> {
  const { capacity, logger, memoryMb = 2048 } = options;
  const limits = { ...LIMITS, ...options.limits };
  let listener: (event: AttemptEvent) => void = () => {};
  const names = Array.from({ length: capacity }, (_, index) => `slot-${index + 1}`);

  const bree = new Bree({
    root: false,
    logger: false,
    jobs: names.map((name) => ({ name, path: WORKER })),
    worker: { resourceLimits: { maxOldGenerationSizeMb: memoryMb } },
    workerMessageHandler: ({ name, message }) => slots.get(name)!.onMessage(message as FromTaskWorker),
    // a slot hears of its worker's death from the worker itself, with the exit code that Bree leaves out
    errorHandler: () => {},
  });
  await bree.init();

  const slots = new Map<string, WorkerSlot>();
  for (const name of names) {
    const report = (event: AttemptEvent) => listener(event);
    slots.set(name, createWorkerSlot({ name, bree, limits, memoryMb, logger, report }));
  }
  const all = [...slots.values()];
  all[0]?.warm();

  return {
    capacity,
    get running() {
      return all.filter((slot) => slot.attemptId !== undefined).length;
    },
    start(request) {
      const free = all.filter((slot) => slot.attemptId === undefined);
      const best =
        free.find((slot) => slot.state === 'ready' && slot.bundle === request.bundle) ??
        free.find((slot) => slot.state === 'ready') ??
        free.find((slot) => slot.state === 'empty') ??
        free[0];
      if (best === undefined) throw new Error(`start() was called with all ${capacity} slots taken`);
      best.start(request);
    },
    stop(attemptId, reason) {
      all.find((slot) => slot.attemptId === attemptId)?.stop(reason);
    },
    onEvent(next) {
      listener = next;
    },
    async close() {
      await Promise.all(all.map((slot) => slot.close()));
    },
  };
}
