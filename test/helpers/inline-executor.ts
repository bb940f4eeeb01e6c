import type {
  AttemptEvent,
  AttemptOutcome,
  AttemptRequest,
  Executor,
  StopReason,
} from '../../scheduler/executor/executor.js';

export interface InlineControl {
  readonly signal: AbortSignal;
  progress(progress: Record<string, unknown>): void;
}
export type InlineTask = (request: AttemptRequest, control: InlineControl) => unknown;

function failure(error: unknown): AttemptOutcome {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'failed', error: { code: undefined, message, stack }, retryable: true };
}

/** Runs given functions on this thread, behind the Executor interface. A stopped attempt ends at once. */
export class InlineExecutor implements Executor {
  readonly capacity: number;
  readonly #task: InlineTask;
  readonly #stops = new Map<string, AbortController>();
  #listener: (event: AttemptEvent) => void = () => {};
  /** the most attempts that ran at once */
  peak = 0;
  readonly requests: AttemptRequest[] = [];

  constructor(task: InlineTask, capacity = 4) {
    this.#task = task;
    this.capacity = capacity;
  }

  get running(): number {
    return this.#stops.size;
  }

  onEvent(listener: (event: AttemptEvent) => void): void {
    this.#listener = listener;
  }

  start(request: AttemptRequest): void {
    if (this.running === this.capacity) throw new Error('no place is free');
    const stop = new AbortController();
    this.#stops.set(request.attemptId, stop);
    this.peak = Math.max(this.peak, this.running);
    this.requests.push(request);
    void this.#run(request, stop.signal);
  }

  stop(attemptId: string, reason: StopReason): void {
    this.#stops.get(attemptId)?.abort(new Error(`stopped: ${reason}`));
  }

  async close(): Promise<void> {
    for (const id of [...this.#stops.keys()]) this.stop(id, 'shutdown');
    while (this.#stops.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  async #run(request: AttemptRequest, signal: AbortSignal): Promise<void> {
    const { attemptId } = request;
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    this.#listener({ kind: 'started', attemptId });
    const progress = (value: Record<string, unknown>) =>
      this.#listener({ kind: 'progress', attemptId, progress: value });
    let outcome: AttemptOutcome;
    try {
      const value = await Promise.race([this.#task(request, { signal, progress }), stopped]);
      outcome = { kind: 'success', value: JSON.stringify(value) };
    } catch (error) {
      outcome = failure(error);
    }
    this.#stops.delete(attemptId);
    this.#listener({ kind: 'finished', attemptId, outcome });
  }
}
