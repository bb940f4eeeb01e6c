import { join } from 'node:path';
import type { RunType } from '../dag/context.js';

/** Airflow's run ids: `scheduled__2026-11-01T00:00:00+00:00`. */
export function runIdOf(type: RunType, logicalDate: number): string {
  const iso = new Date(logicalDate).toISOString();
  return `${type}__${iso.replace(/(\.000)?Z$/, '')}+00:00`;
}

/** Colons are left out: not every file system takes them. */
const safe = (name: string) => name.replaceAll(/[^\w.+@-]/g, '-');

/** Where an attempt's log goes. */
export function logFileOf(
  folder: string,
  dagId: string,
  runId: string,
  taskId: string,
  attempt: number,
): string {
  return join(runLogFolder(folder, dagId, runId), safe(taskId), `attempt-${attempt}.log`);
}

/** Where the log of a callback goes: beside those of the task's attempts, or of the run. */
export function callbackLogFile(
  folder: string,
  dagId: string,
  runId: string,
  taskId: string | null,
  kind: string,
  attempt: number,
): string {
  const run = runLogFolder(folder, dagId, runId);
  return taskId === null ? join(run, `${kind}.log`) : join(run, safe(taskId), `${kind}-${attempt}.log`);
}

/** Where the logs of all runs of a DAG are. */
export function dagLogFolder(folder: string, dagId: string): string {
  return join(folder, safe(dagId));
}

/** Where the logs of a run are. */
export function runLogFolder(folder: string, dagId: string, runId: string): string {
  return join(dagLogFolder(folder, dagId), safe(runId));
}
