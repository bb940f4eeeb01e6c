import { Worker } from 'node:worker_threads';
import { formatDuration } from '../../src/shared/duration.js';
import type { Logger } from '../../src/shared/logger.js';
import type { ParseAnswer, ParseRequest } from './parse-protocol.js';

const WORKER = new URL('./parse.worker.js', import.meta.url);

/** modules of old bundles cannot be unloaded: the thread is replaced from time to time */
const PARSES_A_WORKER = 500;
/** an unused thread is given up after this many milliseconds */
const IDLE_MS = 15_000;

export interface ParseLaneOptions {
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly logger: Logger;
}

/** One warm worker thread that parses DAG files one after the other, and is replaced when one kills or hangs it. */
export interface ParseLane {
  /** resolves in any case; must not be called while another parse runs */
  parse(request: ParseRequest): Promise<ParseAnswer>;
  close(): Promise<void>;
}

export function createParseLane({ timeoutMs, memoryMb, logger }: ParseLaneOptions): ParseLane {
  let worker: Worker | undefined;
  let parses = 0;
  let idle: NodeJS.Timeout | undefined;

  const open = (): Worker => {
    const opened = new Worker(WORKER, {
      name: 'dag-parse',
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    opened.unref();
    // what DAG files print while they are loaded
    for (const stream of [opened.stdout, opened.stderr]) {
      stream.on('data', (text: Buffer) => logger.debug(`a DAG file printed: ${text.toString().trimEnd()}`));
    }
    opened.on('error', (error) => logger.debug(`the DAG parse worker died: ${error.message}`));
    opened.once('exit', () => {
      if (worker === opened) worker = undefined;
    });
    parses = 0;
    return opened;
  };

  const close = async (): Promise<void> => {
    clearTimeout(idle);
    const closed = worker;
    worker = undefined;
    await closed?.terminate();
  };

  return {
    async parse(request) {
      clearTimeout(idle);
      if (parses >= PARSES_A_WORKER) await close();
      worker ??= open();
      parses++;
      const answer = await ask(worker, request, timeoutMs, memoryMb);
      if (answer === 'hung') {
        await close();
        const limit = formatDuration(timeoutMs);
        return {
          kind: 'failed',
          message: `was not loaded within ${limit}; top-level code must end soon`,
          stack: undefined,
        };
      }
      idle = setTimeout(() => void close(), IDLE_MS).unref();
      return answer;
    },
    close,
  };
}

function ask(
  worker: Worker,
  request: ParseRequest,
  timeoutMs: number,
  memoryMb: number,
): Promise<ParseAnswer | 'hung'> {
  return new Promise((settle) => {
    let death: Error | undefined;
    const done = (answer: ParseAnswer | 'hung') => {
      clearTimeout(timer);
      worker.off('message', done).off('error', onError).off('exit', onExit);
      settle(answer);
    };
    const onError = (error: Error) => {
      death = error;
    };
    const onExit = (code: number) => {
      done({ kind: 'failed', message: describeDeath(death, code, memoryMb), stack: death?.stack });
    };
    const timer = setTimeout(() => done('hung'), timeoutMs);
    worker.on('message', done).on('error', onError).on('exit', onExit);
    worker.postMessage(request);
  });
}

function describeDeath(death: Error | undefined, code: number, memoryMb: number): string {
  if ((death as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return `used more than ${memoryMb} MB of memory while it was loaded`;
  }
  return death?.message ?? `ended its worker with exit code ${code} while it was loaded`;
}
