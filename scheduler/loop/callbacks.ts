import { randomUUID } from 'node:crypto';
import type { AttemptEvent, AttemptOutcome } from '../executor/executor.js';
import type { PendingCallback } from '../store/records.js';
import type { LoopContext } from './loop-options.js';
import { callbackLogFile } from './run-ids.js';

const TIME_LIMIT_MS = 60_000;

/**
 * Calls what DAGs want called when their runs and tasks end, on the executor that tasks run on. What was called is
 * forgotten, whether it went well or not; what was cut off by the end of this scheduler is called again.
 */
export class CallbackCalls {
  readonly #context: LoopContext;
  readonly #running = new Map<string, PendingCallback>();
  readonly #ended: { readonly id: string; readonly outcome: AttemptOutcome }[] = [];

  constructor(context: LoopContext) {
    this.#context = context;
  }

  get running(): number {
    return this.#running.size;
  }

  /** @returns whether the event is about a callback */
  takeEvent(event: AttemptEvent): boolean {
    if (!this.#running.has(event.attemptId)) return false;
    if (event.kind === 'finished') this.#ended.push({ id: event.attemptId, outcome: event.outcome });
    return true;
  }

  /** Starts pending callbacks, on at most half of the executor's places. @returns whether there were any */
  async start(): Promise<boolean> {
    const { store, executor } = this.#context;
    const share = Math.ceil(executor.capacity / 2) - this.#running.size;
    const free = Math.min(share, executor.capacity - executor.running);
    if (free <= 0) return false;
    const pending = await store.pendingCallbacks(
      free,
      [...this.#running.values()].map(({ key }) => key),
    );
    for (const callback of pending) this.#call(callback);
    return pending.length > 0;
  }

  /**
   * Forgets what was called.
   * @param closing what failed was cut off by the end of this scheduler, and is called again by the next
   * @returns whether there was any
   */
  async record(closing = false): Promise<boolean> {
    let any = false;
    for (let first = this.#ended[0]; first !== undefined; first = this.#ended[0]) {
      const callback = this.#running.get(first.id)!;
      const { outcome } = first;
      const cutOff = closing && outcome.kind === 'failed';
      if (!cutOff) await this.#context.store.finishCallback(callback.key);
      this.#ended.shift();
      this.#running.delete(first.id);
      if (outcome.kind === 'failed' && !cutOff) {
        const { kind, run, taskId } = callback;
        this.#context.emit({ kind: 'callback_failed', callback: kind, run, taskId, error: outcome.error });
      }
      any = true;
    }
    return any;
  }

  #call(callback: PendingCallback): void {
    const { kind, run, taskId, attempt, error, bundle, xcom } = callback;
    const id = randomUUID();
    this.#running.set(id, callback);
    this.#context.executor.start({
      attemptId: id,
      dagId: run.dagId,
      taskId: taskId ?? '',
      callback: { kind, error: error && { code: error.code, message: error.message } },
      runId: run.runId,
      runType: run.type,
      attempt,
      logicalDate: run.logicalDate,
      intervalStart: run.intervalStart,
      intervalEnd: run.intervalEnd,
      params: run.params,
      xcom,
      bundle,
      timeoutMs: TIME_LIMIT_MS,
      logFile: callbackLogFile(this.#context.logFolder, run.dagId, run.runId, taskId, kind, attempt),
    });
  }
}
