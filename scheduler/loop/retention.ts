import { rm } from 'node:fs/promises';
import type { RunRecord } from '../store/records.js';
import type { RunStore } from '../store/run-store.js';
import { runLogFolder } from './run-ids.js';

/** Few enough that a scheduler on the same database hardly waits. */
const RUNS_A_BATCH = 200;

export interface Cleaned {
  readonly runs: number;
  /** versions of DAGs and backfills of which no run is left */
  readonly unused: number;
}

/**
 * Deletes the runs that ended before an instant, with their tasks, attempts, XCom and logs; what another run may
 * ask about its past stays. Logs go first: cut short, it is done again with the next call.
 * @param before milliseconds since the epoch
 */
export async function cleanRuns(store: RunStore, before: number, logFolder: string): Promise<Cleaned> {
  let runs = 0;
  for (;;) {
    const batch = await store.runsToClean(before, RUNS_A_BATCH);
    if (batch.length === 0) break;
    for (const { dagId, runId } of batch) {
      await rm(runLogFolder(logFolder, dagId, runId), { recursive: true, force: true });
    }
    runs += await store.deleteRuns(batch.map(({ key }) => key));
  }
  return { runs, unused: await store.deleteUnused() };
}

/** The runs that cleanRuns would delete, oldest first. */
export function runsToClean(store: RunStore, before: number): Promise<RunRecord[]> {
  return store.runsToClean(before, Number.MAX_SAFE_INTEGER);
}
