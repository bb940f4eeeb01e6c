/** Rows of the tables, and the records they stand for. */
import type { NextRun } from '../../clock/timetable.js';
import type { RunType } from '../../dag/context.js';
import type { DagSpec } from '../../dag/spec.js';
import type { AttemptState, RunState, TaskState } from '../../run/states.js';
import type { AttemptRecord, DagRecord, DagState, RunRecord, TaskRecord } from '../records.js';

export interface DagRow {
  dag_id: string;
  file: string;
  state: DagState;
  paused: number;
  version: string;
  position_end: number | null;
  position_schedule: string | null;
  next_start: number | null;
  next_end: number | null;
  next_run_at: number | null;
}

export interface RunRow {
  id: number;
  dag_id: string;
  run_id: string;
  version: string;
  type: RunType;
  state: RunState;
  logical_date: number;
  interval_start: number;
  interval_end: number;
  params: string;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  look_at: number | null;
  backfill_key: number | null;
}

export interface TaskRow {
  id: number;
  run_key: number;
  dag_id: string;
  task_id: string;
  state: TaskState;
  attempts: number;
  failures: number;
  retry_at: number | null;
  started_at: number | null;
  ended_at: number | null;
}

export interface AttemptRow {
  attempt_id: string;
  task_key: number;
  number: number;
  state: AttemptState;
  owner: string;
  started_at: number;
  ended_at: number | null;
  error: string | null;
  progress: string | null;
  log_file: string;
}

export function dagRecord(row: DagRow, spec: DagSpec, bundle: string): DagRecord {
  return {
    dagId: row.dag_id,
    state: row.state,
    paused: row.paused === 1,
    spec,
    bundle,
    position:
      row.position_end === null || row.position_schedule === null
        ? null
        : { end: row.position_end, schedule: row.position_schedule },
    next:
      row.next_start === null || row.next_end === null || row.next_run_at === null
        ? null
        : { start: row.next_start, end: row.next_end, runAt: row.next_run_at },
  };
}

/** The columns of dags that hold the next run. */
export function nextColumns(next: NextRun | null): Pick<DagRow, 'next_start' | 'next_end' | 'next_run_at'> {
  return {
    next_start: next?.start ?? null,
    next_end: next?.end ?? null,
    next_run_at: next?.runAt ?? null,
  };
}

export function runRecord(row: RunRow): RunRecord {
  return {
    key: row.id,
    dagId: row.dag_id,
    runId: row.run_id,
    version: row.version,
    type: row.type,
    state: row.state,
    backfill: row.backfill_key,
    logicalDate: row.logical_date,
    intervalStart: row.interval_start,
    intervalEnd: row.interval_end,
    params: JSON.parse(row.params) as Record<string, unknown>,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** @param result what the task returned, JSON text */
export function taskRecord(row: TaskRow, result: string | null): TaskRecord {
  return {
    key: row.id,
    runKey: row.run_key,
    dagId: row.dag_id,
    taskId: row.task_id,
    state: row.state,
    attempts: row.attempts,
    failures: row.failures,
    retryAt: row.retry_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    result: result === null ? null : JSON.parse(result),
  };
}

export function attemptRecord(row: AttemptRow): AttemptRecord {
  return {
    attemptId: row.attempt_id,
    number: row.number,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    error: row.error === null ? null : (JSON.parse(row.error) as AttemptRecord['error']),
    progress: row.progress === null ? null : (JSON.parse(row.progress) as AttemptRecord['progress']),
    logFile: row.log_file,
  };
}
