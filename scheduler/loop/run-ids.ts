import { join } from 'node:path';
import type { RunType } from '../dag/context.js';

/** Airflow's run ids: `scheduled__2026-11-01T00:00:00+00:00`. */
export function runIdOf(type: RunType, logicalDate: number): string {
  const iso = new Date(logicalDate).toISOString();
  return `${type}__${iso.replace(/(\.000)?Z$/, '')}+00:00`;
}

/** Where an attempt's log goes. Colons are left out: not every file system takes them. */
export function logFileOf(
  folder: string,
  dagId: string,
  runId: string,
  taskId: string,
  attempt: number,
): string {
  const safe = (name: string) => name.replaceAll(/[^\w.+@-]/g, '-');
  return join(folder, safe(dagId), safe(runId), safe(taskId), `attempt-${attempt}.log`);
}
