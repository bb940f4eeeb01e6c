/**
 * Forty tasks of 10 ms, one after the other in one DAG, through the scheduler's loop and a state database on
 * disk. Published for the same: Airflow 2.7 116 s, Prefect 4.9 s, Windmill 4.4 s.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DagFiles } from '../scheduler/dag-files/dag-files.js';
import type { Executor } from '../scheduler/executor/executor.js';
import { SchedulerLoop } from '../scheduler/loop/scheduler-loop.js';
import { openRunStore } from '../scheduler/store/open-run-store.js';
import { chain, dagSpec } from '../test/helpers/dag-spec.js';
import { InlineExecutor } from '../test/helpers/inline-executor.js';
import { MemoryDagFiles } from '../test/helpers/memory-dag-files.js';

export const TASKS = 40;

/**
 * Runs the one DAG that `dagFiles` declares, a chain of TASKS tasks due once, and prints the figures as a line of
 * JSON. Ready → started: from the end of a task to the start of the one that waited for it.
 */
export async function benchSequentialTasks(
  executorName: string,
  executor: Executor,
  dagFiles: DagFiles,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'feast-scheduler-bench-'));
  const store = await openRunStore(join(folder, 'state.db'));
  const gaps: number[] = [];
  let endedAt = Number.NaN;
  const loop = new SchedulerLoop({
    store,
    dagFiles,
    executor: withEnds(executor, () => {
      endedAt = performance.now();
    }),
    logFolder: join(folder, 'logs'),
    onEvent: ({ kind }) => {
      if (kind === 'attempt_started' && !Number.isNaN(endedAt)) gaps.push(performance.now() - endedAt);
    },
  });
  const began = performance.now();
  const summary = await loop.runOnce();
  const seconds = (performance.now() - began) / 1000;
  await store.close();
  await rm(folder, { recursive: true });
  if (summary.tasks.success !== TASKS)
    throw new Error(`expected ${TASKS} successes: ${JSON.stringify(summary)}`);
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number) => Number(sorted[Math.floor(sorted.length * share)]!.toFixed(2));
  const figure = {
    bench: 'scheduler_sequential_tasks',
    executor: executorName,
    tasks: TASKS,
    task_ms: 10,
    seconds: Number(seconds.toFixed(3)),
    ready_to_started_p50_ms: at(0.5),
    ready_to_started_p99_ms: at(0.99),
  };
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

/** The executor, with a call as each attempt ends, before the loop hears of it. */
function withEnds(executor: Executor, onEnd: () => void): Executor {
  return {
    get capacity() {
      return executor.capacity;
    },
    get running() {
      return executor.running;
    },
    start: (request) => executor.start(request),
    stop: (attemptId, reason) => executor.stop(attemptId, reason),
    close: () => executor.close(),
    onEvent: (listener) =>
      executor.onEvent((event) => {
        if (event.kind === 'finished') onEnd();
        listener(event);
      }),
  };
}

if (process.argv[1]?.endsWith('scheduler-tasks.js')) {
  const spec = dagSpec('forty', chain(Array.from({ length: TASKS }, (_, i) => `t${i}`)), {
    schedule: '@once',
  });
  const executor = new InlineExecutor(() => new Promise((resolve) => setTimeout(resolve, 10)));
  await benchSequentialTasks('inline', executor, new MemoryDagFiles(spec));
}
