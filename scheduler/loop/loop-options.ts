import type { Clock, Timers } from '../clock/clock.js';
import type { DagFiles } from '../dag-files/dag-files.js';
import type { Executor } from '../executor/executor.js';
import type { RunStore } from '../store/run-store.js';
import type { LoopEvent } from './loop-events.js';

export interface LoopOptions {
  /** stays open when the loop ends */
  readonly store: RunStore;
  /** closed when the loop ends, as the executor */
  readonly dagFiles: DagFiles;
  readonly executor: Executor;
  /** absolute; a log file an attempt: DAG/RUN/TASK/attempt-N.log */
  readonly logFolder: string;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** numbers in [0, 1), for the jitter of retries */
  readonly random?: () => number;
  readonly onEvent?: (event: LoopEvent) => void;
  /** how long running attempts may go on after stop(), milliseconds; default 30,000 */
  readonly drainMs?: number;
}

/** What the parts of the loop share. */
export interface LoopContext {
  readonly store: RunStore;
  readonly executor: Executor;
  readonly logFolder: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: (event: LoopEvent) => void;
  /** this scheduler's name in the database */
  readonly owner: string;
  /** wakes the loop */
  readonly poke: () => void;
}
