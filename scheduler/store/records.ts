/** What the state database hands out: plain rows, times in milliseconds since the epoch. */
import type { NextRun, Position } from '../clock/timetable.js';
import type { Progress, RunType } from '../dag/context.js';
import type { DagSpec, TaskSpec } from '../dag/spec.js';
import type { Reprocess } from '../run/plan-backfill.js';
import type { AttemptState, RunState, TaskState } from '../run/states.js';

/** `broken`: its file has an import error; `removed`: its file, or the DAG in it, is gone. */
export type DagState = 'active' | 'broken' | 'removed';

export interface DagRecord {
  readonly dagId: string;
  readonly state: DagState;
  readonly paused: boolean;
  /** the newest version */
  readonly spec: DagSpec;
  readonly bundle: string;
  readonly position: Position | null;
  readonly next: NextRun | null;
}

export interface ImportErrorRecord {
  readonly file: string;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly at: number;
}

/** A run about to be created. */
export interface NewRun {
  readonly dagId: string;
  readonly runId: string;
  readonly version: string;
  readonly type: RunType;
  readonly logicalDate: number;
  readonly intervalStart: number;
  readonly intervalEnd: number;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface RunRecord extends NewRun {
  /** the run, in the store's own words */
  readonly key: number;
  readonly state: RunState;
  /** the backfill it belongs to; null: none */
  readonly backfill: number | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** A backfill about to be created: runs over past intervals. */
export interface NewBackfill {
  readonly dagId: string;
  /** milliseconds since the epoch; the first and the last instant at which an interval of it may start */
  readonly from: number;
  readonly to: number;
  readonly reprocess: Reprocess;
  /** newest interval first */
  readonly backwards: boolean;
  readonly maxActiveRuns: number;
}

export interface TaskRecord {
  /** the task of this run, in the store's own words */
  readonly key: number;
  readonly runKey: number;
  readonly dagId: string;
  readonly taskId: string;
  readonly state: TaskState;
  /** attempts started so far */
  readonly attempts: number;
  /** attempts that failed since the task was last cleared */
  readonly failures: number;
  readonly retryAt: number | null;
  /** of the newest attempt */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** what the task returned, its XCom: a JSON value; null: nothing */
  readonly result: unknown;
}

export interface StoredError {
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

export interface AttemptRecord {
  readonly attemptId: string;
  /** 1 for the first */
  readonly number: number;
  readonly state: AttemptState;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly error: StoredError | null;
  readonly progress: Progress | null;
  readonly logFile: string;
}

/** A task that was given a place: all that its executor must know. */
export interface ClaimedTask {
  readonly attemptId: string;
  readonly number: number;
  readonly logFile: string;
  readonly task: TaskSpec;
  readonly run: RunRecord;
  readonly bundle: string;
  /** JSON values of the tasks before it, by task id */
  readonly xcom: Readonly<Record<string, unknown>>;
}

/** An attempt whose lease is held, and what became of its task and run meanwhile. */
export interface HeldAttempt {
  readonly attemptId: string;
  /** the scheduler that holds it */
  readonly owner: string;
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly taskState: TaskState;
  readonly runState: RunState;
}

/** Who schedules on this database. */
export interface LeaseHolder {
  /** unique for each start of a scheduler */
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /** when its process started: tells it from a later process of the same pid */
  readonly processStart: number;
}
