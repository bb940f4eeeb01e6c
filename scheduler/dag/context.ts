import type { Logger } from '../../src/shared/logger.js';

/** The half-open span of time `[start, end)` whose data a run is about. */
export interface DataInterval {
  readonly start: Date;
  readonly end: Date;
}

export type RunType = 'scheduled' | 'manual' | 'backfill' | 'asset_triggered';

/** Progress of a task, kept with its attempt and shown by `tasks list`: any JSON object, small. */
export type Progress = Readonly<Record<string, unknown>>;

/** What a task function is handed. */
export interface TaskContext<Params = Record<string, unknown>> {
  readonly dagId: string;
  readonly taskId: string;
  readonly runId: string;
  readonly runType: RunType;
  /** 1 for the first attempt */
  readonly attempt: number;
  readonly logicalDate: Date;
  readonly interval: DataInterval;
  readonly params: Params;
  /** what an upstream task of this run returned; undefined where it returned nothing or did not run */
  xcom<T = unknown>(taskId: string): T | undefined;
  /** writes to the attempt's log */
  readonly log: Logger;
  /** aborted when the attempt is to stop: its time limit, a cancel, a shutdown */
  readonly signal: AbortSignal;
  /** reports progress; cheap to call often, sent on at most a few times a second */
  progress(progress: Progress): void;
}

/** Returns a JSON value for downstream tasks (`context.xcom`), or nothing. */
export type TaskFunction = (context: TaskContext) => unknown;
