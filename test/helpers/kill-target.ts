/**
 * A scheduler in a process of its own, for tests that kill it: `node kill-target.js FOLDER [hang]`. It catches up
 * 40 daily runs of three tasks on FOLDER/state.db; each attempt adds a line to FOLDER/work.log when it ends.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { SchedulerLoop } from '../../scheduler/loop/scheduler-loop.js';
import { openRunStore } from '../../scheduler/store/open-run-store.js';
import { chain, dagSpec } from './dag-spec.js';
import { InlineExecutor } from './inline-executor.js';
import { MemoryDagFiles } from './memory-dag-files.js';

export const KILL_DAYS = 40;
export const KILL_START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

export const killSpec = dagSpec('killed', chain(['extract', 'load', 'check']), {
  schedule: '@daily',
  startDate: KILL_START,
  endDate: KILL_START + (KILL_DAYS - 1) * DAY,
  maxActiveRuns: 3,
});

async function main(folder: string, hang: boolean): Promise<void> {
  const store = await openRunStore(join(folder, 'state.db'));
  const executor = new InlineExecutor(async ({ logicalDate, taskId, attempt }) => {
    if (hang) await new Promise(() => {});
    await new Promise((resolve) => setTimeout(resolve, 8));
    appendFileSync(join(folder, 'work.log'), `${logicalDate} ${taskId} ${attempt}\n`);
    return attempt;
  });
  const loop = new SchedulerLoop({
    store,
    dagFiles: new MemoryDagFiles(killSpec),
    executor,
    logFolder: folder,
    onEvent: ({ kind }) => {
      if (kind === 'attempt_started') process.stdout.write('working\n');
    },
  });
  const summary = await loop.runOnce();
  await store.close();
  process.stdout.write(`${JSON.stringify(summary)}\n`);
}

if (process.argv[1]?.endsWith('kill-target.js')) await main(process.argv[2]!, process.argv[3] === 'hang');
