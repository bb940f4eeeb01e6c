import type { TaskState } from '../run/states.js';

/** What a loop did: counts since it began. */
export class Tally {
  runsCreated = 0;
  retries = 0;
  readonly runs = { success: 0, failed: 0 };
  readonly tasks = { success: 0, failed: 0, skipped: 0, upstream_failed: 0 };

  /** Counts a task's new state, where it is a final one or a retry. */
  countTask(state: TaskState): void {
    if (state === 'up_for_retry') this.retries++;
    else if (state in this.tasks) this.tasks[state as keyof typeof this.tasks]++;
  }
}

/** What `--once` did. */
export interface OnceSummary {
  readonly runsCreated: number;
  /** runs that ended */
  readonly runs: { readonly success: number; readonly failed: number };
  /** tasks that ended, by how */
  readonly tasks: {
    readonly success: number;
    readonly failed: number;
    readonly skipped: number;
    readonly upstream_failed: number;
  };
  /** attempts that failed and were followed, or will be, by another */
  readonly retries: number;
  /** runs that are queued or running still: of paused or broken DAGs, or held back by their past */
  readonly unfinishedRuns: number;
  /** DAG files that cannot be used */
  readonly importErrors: number;
  readonly seconds: number;
}
