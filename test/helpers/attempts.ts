import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleDagFile } from '../../scheduler/dag-files/bundle.js';
import type {
  AttemptError,
  AttemptEvent,
  AttemptOutcome,
  AttemptRequest,
  Executor,
} from '../../scheduler/executor/executor.js';

/** Attempts of the tasks of one DAG file, on one executor. */
export interface Attempts {
  readonly folder: string;
  readonly executor: Executor;
  readonly events: readonly AttemptEvent[];
  /** what to ask an executor for; each has an id of its own */
  request(taskId: string, more?: Partial<AttemptRequest>): AttemptRequest;
  /** starts an attempt and waits for its end */
  run(taskId: string, more?: Partial<AttemptRequest>): Promise<AttemptOutcome>;
  /** the error of an attempt that must fail */
  fail(taskId: string, more?: Partial<AttemptRequest>): Promise<AttemptError & { retryable: boolean }>;
  waitFor(fits: (event: AttemptEvent) => boolean): Promise<AttemptEvent>;
  /** bundles another DAG file */
  bundle(name: string, text: string): Promise<string>;
  readLog(request: AttemptRequest): string;
  close(): Promise<void>;
}

/** @param text a DAG file whose DAG is called `d` */
export async function openAttempts(executor: Executor, text: string): Promise<Attempts> {
  const folder = mkdtempSync(join(tmpdir(), 'attempts-'));
  const bundle = async (name: string, source: string): Promise<string> => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, source);
    const made = await bundleDagFile(file, name, join(folder, 'bundles'), '');
    if (made.kind === 'failed') throw new Error(made.message);
    return made.bundle;
  };
  const main = await bundle('main', text);
  const events: AttemptEvent[] = [];
  let waiting: (() => void)[] = [];
  executor.onEvent((event) => {
    events.push(event);
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  });
  const waitFor: Attempts['waitFor'] = async (fits) => {
    for (;;) {
      const found = events.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((wake) => waiting.push(wake));
    }
  };
  let count = 0;
  const request: Attempts['request'] = (taskId, more = {}) => {
    const attemptId = `attempt-${++count}`;
    return {
      attemptId,
      dagId: 'd',
      taskId,
      runId: 'manual__1',
      runType: 'manual',
      attempt: 1,
      logicalDate: Date.parse('2026-01-01T00:00:00Z'),
      intervalStart: Date.parse('2026-01-01T00:00:00Z'),
      intervalEnd: Date.parse('2026-01-02T00:00:00Z'),
      params: {},
      xcom: {},
      bundle: main,
      timeoutMs: null,
      logFile: join(folder, 'logs', 'd', `${attemptId}.log`),
      ...more,
    };
  };
  const run: Attempts['run'] = async (taskId, more) => {
    const asked = request(taskId, more);
    executor.start(asked);
    const end = await waitFor((event) => event.kind === 'finished' && event.attemptId === asked.attemptId);
    return (end as Extract<AttemptEvent, { kind: 'finished' }>).outcome;
  };
  return {
    folder,
    executor,
    events,
    request,
    run,
    async fail(taskId, more) {
      const outcome = await run(taskId, more);
      if (outcome.kind === 'success') throw new Error(`task ${taskId} succeeded with ${outcome.value}`);
      return { ...outcome.error, retryable: outcome.retryable };
    },
    waitFor,
    bundle,
    readLog: ({ logFile }) => readFileSync(logFile, 'utf8'),
    async close() {
      await executor.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
