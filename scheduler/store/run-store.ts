/**
 * The state database of the scheduler.
 *
 * Glossary:
 * - **position**: how far a DAG's schedule has come: the end of the last interval that a run was created for.
 * - **run**: one execution of a DAG for one data interval, named by its run id; unique by DAG and logical date.
 * - **task**: one task of one run (Airflow: task instance).
 * - **attempt**: one try of a task. Its id is its **lease**: an attempt is written to only while it is `running`.
 * - **look**: a run is looked at when something about it changed, or when time will have changed something. Each
 *   run carries the instant of its next look, so that a pass costs what changed, not what exists.
 * - **claim**: a scheduled task is given a place; its attempt is written before an executor hears of it.
 * - **holder**: the scheduler that owns this database (embedded database: there is one at a time).
 *
 * Methods that take a function hand it what they read, and write what it returns, in one transaction.
 * Every method throws CodedError STATE_DATABASE_LOCKED, _FULL, _CORRUPT or _UNAVAILABLE when the database does.
 */
import type { Interval, NextRun, Position } from '../clock/timetable.js';
import type { Progress } from '../dag/context.js';
import type { DagSpec } from '../dag/spec.js';
import type { BackfillStep } from '../run/plan-backfill.js';
import type { EndedTask, OutcomePlan } from '../run/plan-outcome.js';
import type { QueuedRun } from '../run/plan-run-starts.js';
import type { ActiveCounts, Candidate, StartPlan } from '../run/plan-starts.js';
import type { PlannedTask, TaskPlan } from '../run/plan-tasks.js';
import type { RunState, TaskState } from '../run/states.js';
import type {
  AttemptRecord,
  ClaimedTask,
  DagRecord,
  HeldAttempt,
  ImportErrorRecord,
  LeaseHolder,
  NewBackfill,
  NewRun,
  PendingCallback,
  PoolRecord,
  RunRecord,
  StoredError,
  TaskRecord,
} from './records.js';

export interface DagFileContent {
  readonly file: string;
  readonly bundle: string;
  readonly dags: readonly { readonly spec: DagSpec; readonly next: NextRun | null }[];
}

/** DAGs, as their files declare them. */
export interface DagStore {
  /**
   * What a DAG file holds now: new versions are kept beside old ones, DAGs that are no longer in the file become
   * `removed`, its import error is forgotten. A new DAG starts paused if it says so.
   */
  saveDagFile(content: DagFileContent): Promise<void>;
  /** The file cannot be used: its DAGs become `broken`. */
  saveImportError(error: ImportErrorRecord): Promise<void>;
  /** The file is gone: its DAGs become `removed`, its import error is forgotten. */
  removeDagFile(file: string): Promise<void>;
  /** files that DAGs (but removed ones) or import errors are known of */
  listDagFiles(): Promise<string[]>;
  /** by DAG id */
  listDags(): Promise<DagRecord[]>;
  getDag(dagId: string): Promise<DagRecord | undefined>;
  /** a version that a run was created with */
  getVersion(dagId: string, version: string): Promise<DagSpec | undefined>;
  /** bundles that a run may need again: those of every version that is kept, for a run of it may be cleared */
  listBundles(): Promise<string[]>;
  /** @returns whether there is such a DAG */
  setPaused(dagId: string, paused: boolean): Promise<boolean>;
  listImportErrors(): Promise<ImportErrorRecord[]>;
}

export interface DueDag {
  readonly dag: DagRecord;
  /** its runs that are queued or running, without backfills */
  readonly activeRuns: number;
}

/** Where a DAG's schedule goes. */
export interface ScheduleMove {
  /** null: nothing was done yet */
  readonly position: Position | null;
  readonly next: NextRun | null;
}

/** How people say that a run or a task ended. */
export type Mark = 'success' | 'failed';

export interface RunFilter {
  readonly dagId?: string;
  readonly states?: readonly RunState[];
  /** default 100 */
  readonly limit?: number;
}

/** What a look at a run sees. */
export interface RunView {
  readonly run: RunRecord;
  readonly spec: DagSpec;
  readonly tasks: readonly PlannedTask[];
  /** of the DAG's previous scheduled run; null: there is none, or no task depends on its past */
  readonly previous: ReadonlyMap<string, TaskState> | null;
  /** what branches and short circuits returned, by task id */
  readonly gates: ReadonlyMap<string, unknown>;
}

/** Runs and their tasks. */
export interface RunTable {
  /** active, unpaused DAGs whose next run is due */
  dueDags(now: number): Promise<DueDag[]>;
  /**
   * Creates a queued run with its tasks and, in the same transaction, moves the DAG's schedule.
   * @returns false where the DAG has a run for this logical date already; then nothing is written
   */
  createRun(run: NewRun, now: number, move?: ScheduleMove): Promise<boolean>;
  /** Moves a DAG's schedule without creating a run. */
  moveSchedule(dagId: string, move: ScheduleMove): Promise<void>;
  /** Starts those queued runs (of active, unpaused DAGs) that `plan` picks. */
  startRuns(
    now: number,
    plan: (queued: readonly QueuedRun[], running: ReadonlyMap<string, number>) => readonly number[],
  ): Promise<RunRecord[]>;
  /** keys of running runs of unpaused DAGs that are to be looked at, oldest look first */
  runsToLookAt(now: number, limit: number): Promise<number[]>;
  /** Looks at one running run. @returns the plan that was written; undefined where it is not running any more */
  lookAtRun(
    key: number,
    now: number,
    plan: (view: RunView) => TaskPlan,
  ): Promise<(RunView & { plan: TaskPlan }) | undefined>;
  /** the next instant at which a run falls due or is to be looked at, of DAGs that are not paused */
  nextWake(): Promise<{ due: number | null; look: number | null }>;
  /** the next instant at which a task of an unfinished run is to be tried again, of DAGs that are not paused */
  nextRetry(): Promise<number | null>;
  getRun(dagId: string, runId: string): Promise<RunRecord | undefined>;
  /** the run of a logical date */
  getRunOf(dagId: string, logicalDate: number): Promise<RunRecord | undefined>;
  /** newest logical date first for one DAG, last created first for all */
  listRuns(filter?: RunFilter): Promise<RunRecord[]>;
  /** runs that are queued or running */
  countUnfinishedRuns(): Promise<number>;
  /** in topological order */
  listTasks(runKey: number): Promise<TaskRecord[]>;
  /**
   * Forgets what became of tasks, so that they run again: failures and XCom are cleared; a task that is running
   * is to be stopped and started again; a run that is over is queued again.
   */
  clearTasks(runKey: number, taskIds: readonly string[], now: number): Promise<TaskRecord[]>;
  /**
   * Says how tasks ended, whatever became of them; what runs of them is to be stopped. The run is judged anew:
   * one that is over is queued again, and what was upstream_failed starts over.
   */
  markTasks(runKey: number, taskIds: readonly string[], mark: Mark, now: number): Promise<void>;
  /**
   * Says how a run ended. Success: its tasks too, but skipped ones. Failed: its running tasks too, what has not
   * started is skipped. Airflow: api/common/mark_tasks.py.
   */
  markRun(runKey: number, mark: Mark, now: number): Promise<void>;
}

/** Backfills: runs over past intervals, with a limit of their own. */
export interface BackfillTable {
  /** runs of a DAG about intervals that start in `[from, to]`, oldest first */
  listRunsAbout(dagId: string, from: number, to: number): Promise<RunRecord[]>;
  /**
   * Writes a backfill with all that `plan` makes of the runs there are: runs are created, or cleared and made part
   * of the backfill. All or nothing, so that a crash leaves no half of one.
   * @returns what was done, by interval
   */
  createBackfill(
    backfill: NewBackfill,
    now: number,
    plan: (existing: readonly RunRecord[]) => readonly BackfillStep[],
    newRun: (interval: Interval, logicalDate: number) => NewRun,
  ): Promise<readonly BackfillStep[]>;
}

export interface AttemptEndRecord {
  readonly outcome: OutcomePlan;
  readonly error: StoredError | null;
  /** JSON text for downstream tasks */
  readonly value: string | undefined;
}

export interface ClaimOptions {
  readonly owner: string;
  readonly now: number;
  /** places free on the executor */
  readonly free: number;
  readonly plan: (candidates: readonly Candidate[], active: ActiveCounts, free: number) => StartPlan;
  /** names a new attempt */
  readonly name: (run: RunRecord, taskId: string, number: number) => { attemptId: string; logFile: string };
}

/** Attempts, and what they return. */
export interface AttemptTable {
  /** Gives places to scheduled tasks, higher priority first, then older logical dates, backfills last. */
  claimTasks(options: ClaimOptions): Promise<ClaimedTask[]>;
  /** The executor has begun. @returns whether the lease still held, as all below */
  markStarted(attemptId: string, now: number): Promise<boolean>;
  saveProgress(attemptId: string, progress: Progress): Promise<boolean>;
  /** @returns what was written; undefined where the lease was lost: then nothing is written */
  finishAttempt(
    attemptId: string,
    now: number,
    plan: (task: EndedTask, spec: DagSpec, taskId: string) => AttemptEndRecord,
  ): Promise<AttemptEndRecord | undefined>;
  /** attempts of every scheduler whose lease is held */
  heldAttempts(): Promise<HeldAttempt[]>;
  /** oldest first */
  listAttempts(taskKey: number): Promise<AttemptRecord[]>;
}

/** Pools: slots that tasks of any DAG share. */
export interface PoolTable {
  /** Makes a pool, or changes it. What runs goes on where it gets smaller. */
  setPool(pool: Pick<PoolRecord, 'name' | 'description'> & { readonly slots: number }): Promise<void>;
  /** @returns whether there was such a pool */
  deletePool(name: string): Promise<boolean>;
  /** by name; also those that tasks ask for and that do not exist */
  listPools(): Promise<PoolRecord[]>;
}

/**
 * Callbacks that are to be called. They are written with the change of state that they tell of, and stay until they
 * were called: a crash in between repeats them.
 */
export interface CallbackTable {
  /** oldest first, without those named */
  pendingCallbacks(limit: number, without: readonly number[]): Promise<PendingCallback[]>;
  /** It was called, well or not. */
  finishCallback(key: number): Promise<void>;
}

/**
 * Callbacks that are to be called. They are written with the change of state that they tell of, and stay until they
 * were called: a crash in between repeats them.
 */
export interface CallbackTable {
  /** oldest first, without those named */
  pendingCallbacks(limit: number, without: readonly number[]): Promise<PendingCallback[]>;
  /** It was called, well or not. */
  finishCallback(key: number): Promise<void>;
}

/** Who may schedule on this database. */
export interface LeaseTable {
  /**
   * Takes the database for `holder` until `expiresAt`: where it is free, its lease has expired, or its holder is
   * dead.
   * @throws CodedError STATE_DATABASE_IN_USE naming host and pid of the holder
   */
  acquireLease(holder: LeaseHolder, now: number, expiresAt: number): Promise<void>;
  /** @returns false where someone else has taken the database */
  renewLease(owner: string, expiresAt: number): Promise<boolean>;
  releaseLease(owner: string): Promise<void>;
  /** who holds the database, and until when unless renewed; undefined: nobody */
  currentLease(): Promise<(LeaseHolder & { readonly expiresAt: number }) | undefined>;
}

/** What keeps the database small and sound. */
export interface Maintenance {
  /** Forgets a DAG: its versions, its runs and all that belongs to them. @returns whether there was such a DAG */
  deleteDag(dagId: string): Promise<boolean>;
  /**
   * Runs that ended before an instant, oldest first, without those that another run may still ask about its past:
   * the newest of a DAG, and the one before a run that is not over (manual ones aside).
   */
  runsToClean(before: number, limit: number): Promise<RunRecord[]>;
  /** Deletes those of the runs that are over, with their tasks, attempts and XCom. @returns how many */
  deleteRuns(keys: readonly number[]): Promise<number>;
  /** Deletes versions and backfills of which no run is left. @returns how many */
  deleteUnused(): Promise<number>;
  /** What is wrong with the database, in words; empty where nothing is. */
  check(): Promise<string[]>;
}

export interface RunStore
  extends DagStore,
    RunTable,
    BackfillTable,
    AttemptTable,
    CallbackTable,
    PoolTable,
    LeaseTable,
    Maintenance {
  close(): Promise<void>;
}
