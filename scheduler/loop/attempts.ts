import { randomUUID } from 'node:crypto';
import { CodedError } from '../../src/shared/errors.js';
import type { Progress } from '../dag/context.js';
import type { AttemptEvent, AttemptOutcome, AttemptRequest } from '../executor/executor.js';
import { type AttemptEnd, planOutcome } from '../run/plan-outcome.js';
import { planStarts } from '../run/plan-starts.js';
import { isRunFinished } from '../run/states.js';
import type { ClaimedTask, StoredError } from '../store/records.js';
import type { AttemptName } from './loop-events.js';
import type { LoopContext } from './loop-options.js';
import { logFileOf } from './run-ids.js';
import type { Tally } from './tally.js';

/** The largest value, in bytes of JSON, that a task may return for downstream tasks. */
export const XCOM_MAX_BYTES = 262_144;
const PROGRESS_EVERY_MS = 1000;

interface Running {
  readonly name: AttemptName;
  startedAt: number;
  progress: Progress | undefined;
  progressAt: number;
  /** asked to stop because its task was cleared or marked, or its run is over */
  stopped: boolean;
}

function requestOf({ attemptId, number, logFile, task, run, bundle, xcom }: ClaimedTask): AttemptRequest {
  return {
    attemptId,
    dagId: run.dagId,
    taskId: task.taskId,
    runId: run.runId,
    runType: run.type,
    attempt: number,
    logicalDate: run.logicalDate,
    intervalStart: run.intervalStart,
    intervalEnd: run.intervalEnd,
    params: run.params,
    xcom,
    bundle,
    timeoutMs: task.timeoutMs,
    logFile,
  };
}

/** A value that is too large fails the attempt, and another attempt would return it again. */
function checkValue(outcome: AttemptOutcome, taskId: string): AttemptOutcome {
  if (outcome.kind === 'failed' || outcome.value === undefined) return outcome;
  const bytes = Buffer.byteLength(outcome.value);
  if (bytes <= XCOM_MAX_BYTES) return outcome;
  const { code, message, stack } = new CodedError(
    'XCOM_TOO_LARGE',
    `task "${taskId}" returned ${bytes} bytes of JSON; at most ${XCOM_MAX_BYTES} are kept for downstream tasks. Write the data to a file or a store, and return where it is.`,
  );
  return { kind: 'failed', error: { code, message, stack }, retryable: false };
}

/** The attempts that this scheduler runs: claimed in the store, started on the executor, recorded as they end. */
export class Attempts {
  readonly #context: LoopContext;
  readonly #tally: Tally;
  readonly #running = new Map<string, Running>();
  readonly #events: { readonly event: AttemptEvent; readonly at: number }[] = [];
  #shuttingDown = false;
  #closed: Promise<void> | undefined;

  constructor(context: LoopContext, tally: Tally) {
    this.#context = context;
    this.#tally = tally;
  }

  /** What the executor tells of an attempt; written down by record(). */
  takeEvent(event: AttemptEvent): void {
    this.#events.push({ event, at: this.#context.clock.now() });
  }

  /** attempts whose end is not recorded */
  get running(): number {
    return this.#running.size;
  }

  /** Claims tasks for the executor's free places, and starts them. @returns whether there were any */
  async start(): Promise<boolean> {
    const { store, executor, clock, owner, logFolder } = this.#context;
    const now = clock.now();
    const claimed = await store.claimTasks({
      owner,
      now,
      free: executor.capacity - executor.running,
      plan: planStarts,
      name: (run, taskId, number) => ({
        attemptId: randomUUID(),
        logFile: logFileOf(logFolder, run.dagId, run.runId, taskId, number),
      }),
    });
    for (const claim of claimed) {
      const { run, task, number } = claim;
      this.#running.set(claim.attemptId, {
        name: { dagId: run.dagId, runId: run.runId, taskId: task.taskId, attempt: number },
        startedAt: now,
        progress: undefined,
        progressAt: 0,
        stopped: false,
      });
      executor.start(requestOf(claim));
    }
    return claimed.length > 0;
  }

  /** Writes what the executor told. An event that cannot be written stays for the next time. @returns whether there was any */
  async record(): Promise<boolean> {
    let any = false;
    for (let first = this.#events[0]; first !== undefined; first = this.#events[0]) {
      const { event, at } = first;
      if (event.kind === 'started') await this.#recordStart(event.attemptId, at);
      else if (event.kind === 'progress') await this.#recordProgress(event.attemptId, event.progress, at);
      else await this.#recordEnd(event.attemptId, event.outcome, at);
      this.#events.shift();
      any = true;
    }
    return any;
  }

  /**
   * Compares what runs here with what the store says, which other processes write to: stops attempts whose task
   * was cleared or marked, whose run is over or whose lease was lost, and interrupts attempts that nobody runs.
   */
  async reconcile(): Promise<void> {
    const { store, executor, owner, emit } = this.#context;
    const held = await store.heldAttempts();
    const wanted = new Set<string>();
    for (const { attemptId, owner: holder, dagId, runId, taskId, taskState, runState } of held) {
      // One scheduler works on the database, and this is it: who else holds an attempt is gone.
      if (holder !== owner || !this.#running.has(attemptId)) {
        await this.#interrupt(attemptId);
        emit({ kind: 'attempt_orphaned', dagId, runId, taskId });
      } else if ((taskState === 'queued' || taskState === 'running') && !isRunFinished(runState)) {
        wanted.add(attemptId);
      }
    }
    for (const [attemptId, running] of this.#running) {
      if (wanted.has(attemptId) || running.stopped) continue;
      running.stopped = true;
      executor.stop(attemptId, 'cancelled');
    }
  }

  /** Stops what runs, and frees the executor; once. */
  closeExecutor(): Promise<void> {
    this.#closed ??= this.#context.executor.close();
    return this.#closed;
  }

  /** Stops what runs; what does not succeed from now on is interrupted, not failed. */
  async shutDown(): Promise<void> {
    await this.record();
    this.#shuttingDown = true;
    await this.closeExecutor();
    await this.record();
    for (const attemptId of [...this.#running.keys()]) {
      await this.#interrupt(attemptId);
      this.#running.delete(attemptId);
    }
  }

  async #recordStart(attemptId: string, at: number): Promise<void> {
    const running = this.#running.get(attemptId);
    if (running === undefined || !(await this.#context.store.markStarted(attemptId, at))) return;
    running.startedAt = at;
    const { dagId, runId, taskId, attempt } = running.name;
    const logFile = logFileOf(this.#context.logFolder, dagId, runId, taskId, attempt);
    this.#context.emit({ kind: 'attempt_started', logFile, ...running.name });
  }

  async #recordProgress(attemptId: string, progress: Progress, at: number): Promise<void> {
    const running = this.#running.get(attemptId);
    if (running === undefined) return;
    this.#context.emit({ kind: 'attempt_progress', progress, ...running.name });
    if (at - running.progressAt < PROGRESS_EVERY_MS) {
      running.progress = progress;
      return;
    }
    running.progress = undefined;
    running.progressAt = at;
    await this.#context.store.saveProgress(attemptId, progress);
  }

  async #recordEnd(attemptId: string, told: AttemptOutcome, at: number): Promise<void> {
    const running = this.#running.get(attemptId);
    if (running === undefined) return;
    if (running.progress !== undefined) await this.#context.store.saveProgress(attemptId, running.progress);
    const outcome = checkValue(told, running.name.taskId);
    const interrupted = this.#shuttingDown && outcome.kind === 'failed';
    const error = outcome.kind === 'failed' ? outcome.error : null;
    const end: AttemptEnd = interrupted ? { kind: 'interrupted' } : outcome;
    const written = await this.#finish(
      attemptId,
      at,
      end,
      error,
      outcome.kind === 'success' ? outcome.value : undefined,
    );
    this.#running.delete(attemptId);
    if (written === undefined) return;
    const { task: state, retryAt } = written.outcome;
    this.#tally.countTask(state);
    const tookMs = at - running.startedAt;
    this.#context.emit({
      kind: 'attempt_finished',
      state,
      error: written.error,
      retryAt,
      tookMs,
      ...running.name,
    });
  }

  /** An attempt that nobody runs any more: its task starts again, at no cost of a retry. */
  #interrupt(attemptId: string) {
    const error = {
      code: undefined,
      message: 'the scheduler stopped before the attempt was over',
      stack: undefined,
    };
    return this.#finish(attemptId, this.#context.clock.now(), { kind: 'interrupted' }, error, undefined);
  }

  #finish(
    attemptId: string,
    at: number,
    end: AttemptEnd,
    error: StoredError | null,
    value: string | undefined,
  ) {
    const { store, random } = this.#context;
    return store.finishAttempt(attemptId, at, (task, spec, taskId) => {
      const taskSpec = spec.tasks.find((one) => one.taskId === taskId)!;
      return { outcome: planOutcome(task, taskSpec, end, at, random()), error, value };
    });
  }
}
