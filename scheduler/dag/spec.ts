/**
 * A DAG as data: all that crosses threads and is kept in the state database. The functions of its tasks stay in
 * the worker that loaded the DAG file. Words and rules are Airflow's.
 */

import type { CallbackKind } from './callbacks.js';
import type { ParamSchemas } from './params.js';

/** When a DAG runs. Every kind but `none` cuts time into data intervals `[start, end)`. */
export type ScheduleSpec =
  | { readonly kind: 'cron'; readonly expressions: readonly string[] }
  | { readonly kind: 'interval'; readonly everyMs: number }
  | { readonly kind: 'once' }
  | { readonly kind: 'continuous' }
  | { readonly kind: 'none' };

export const TRIGGER_RULES = [
  'all_success',
  'all_failed',
  'all_done',
  'all_done_min_one_success',
  'all_skipped',
  'one_failed',
  'one_success',
  'one_done',
  'none_failed',
  'none_failed_min_one_success',
  'none_skipped',
  'always',
] as const;
export type TriggerRule = (typeof TRIGGER_RULES)[number];

/** Airflow: BranchPythonOperator, ShortCircuitOperator. */
export type Gate = 'branch' | 'short_circuit';

export interface TaskSpec {
  readonly taskId: string;
  /** direct upstream task ids, sorted */
  readonly upstream: readonly string[];
  readonly triggerRule: TriggerRule;
  /** attempts after the first */
  readonly retries: number;
  readonly retryDelayMs: number;
  /** exponential: the delay doubles with each retry, with jitter, up to maxRetryDelayMs */
  readonly retryBackoff: 'fixed' | 'exponential';
  readonly maxRetryDelayMs: number;
  /** per attempt; null: none */
  readonly timeoutMs: number | null;
  /** the same task must have succeeded (or been skipped) in the DAG's previous scheduled run */
  readonly dependsOnPast: boolean;
  readonly priorityWeight: number;
  /** attempts of this task at once, over all runs of the DAG; null: no limit of its own */
  readonly maxActive: number | null;
  /** the pool whose slots it takes while it runs; absent: none */
  readonly pool?: string;
  /** how many; absent: 1 */
  readonly poolSlots?: number;
  /** which callbacks it has; absent: none */
  readonly callbacks?: readonly CallbackKind[];
  /** what it returns decides which tasks after it are skipped; absent: none */
  readonly gate?: Gate;
}

export interface DagSpec {
  readonly dagId: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** the DAG file, relative to the DAG folder, with forward slashes */
  readonly file: string;
  readonly schedule: ScheduleSpec;
  /** IANA name */
  readonly timeZone: string;
  /** milliseconds since the epoch; null only where the schedule is `none` */
  readonly startDate: number | null;
  readonly endDate: number | null;
  /** true: every missed interval; a number: the latest so many; false: the latest one */
  readonly catchup: boolean | number;
  readonly maxActiveRuns: number;
  readonly maxActiveTasks: number;
  /** a run older than this is failed; null: none */
  readonly runTimeoutMs: number | null;
  /** a run that is not over so long after it was created has missed its deadline; absent: none */
  readonly deadlineMs?: number;
  /** which callbacks it has; absent: none */
  readonly callbacks?: readonly CallbackKind[];
  readonly pausedUponCreation: boolean;
  /** default params of a run, JSON */
  readonly params: Readonly<Record<string, unknown>>;
  /** what params may be; absent: anything */
  readonly paramSchemas?: ParamSchemas;
  /** in topological order */
  readonly tasks: readonly TaskSpec[];
  /** hash of everything above: a run keeps the version it was created with */
  readonly version: string;
}
