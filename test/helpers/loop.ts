import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { DagSpec } from '../../scheduler/dag/spec.js';
import type { LoopEvent } from '../../scheduler/loop/loop-events.js';
import type { LoopOptions } from '../../scheduler/loop/loop-options.js';
import { SchedulerLoop } from '../../scheduler/loop/scheduler-loop.js';
import { openRunStore } from '../../scheduler/store/open-run-store.js';
import type { RunStore } from '../../scheduler/store/run-store.js';
import { temporaryFolder } from './fixtures.js';
import { InlineExecutor, type InlineTask } from './inline-executor.js';
import { ManualClock } from './manual-clock.js';
import { MemoryDagFiles } from './memory-dag-files.js';

/** Where the manual clock stands at first. */
export const NOW = Date.UTC(2026, 10, 20, 12);

export interface LoopHarness {
  readonly loop: SchedulerLoop;
  readonly store: RunStore;
  readonly clock: ManualClock;
  readonly executor: InlineExecutor;
  readonly dagFiles: MemoryDagFiles;
  readonly events: readonly LoopEvent[];
  /** resolves with the next event of a kind, from the first one on that no earlier call took */
  until<K extends LoopEvent['kind']>(kind: K): Promise<Extract<LoopEvent, { kind: K }>>;
}

/** A SQLite file in a folder of the test's own. */
export async function tempStore(t: ExecutionContext): Promise<RunStore> {
  const store = await openRunStore(join(temporaryFolder(t), 'state.db'));
  t.teardown(() => store.close());
  return store;
}

/** A loop over a real store, with tasks on this thread and a clock that the test moves. */
export function startLoop(
  store: RunStore,
  specs: readonly DagSpec[],
  task: InlineTask,
  options: Partial<LoopOptions> & { clock?: ManualClock; capacity?: number } = {},
): LoopHarness {
  const clock = options.clock ?? new ManualClock(NOW);
  const executor = new InlineExecutor(task, options.capacity);
  const dagFiles = new MemoryDagFiles(...specs);
  const events: LoopEvent[] = [];
  const taken = new Set<LoopEvent>();
  let waiters: (() => void)[] = [];
  const loop = new SchedulerLoop({
    store,
    dagFiles,
    executor,
    logFolder: '/logs',
    random: () => 0,
    ...options,
    clock,
    timers: clock,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
      const waiting = waiters;
      waiters = [];
      for (const wake of waiting) wake();
    },
  });
  const until: LoopHarness['until'] = async (kind) => {
    for (;;) {
      const found = events.find((event) => event.kind === kind && !taken.has(event));
      if (found !== undefined) {
        taken.add(found);
        return found as never;
      }
      await new Promise<void>((resolve) => waiters.push(resolve));
    }
  };
  return { loop, store, clock, executor, dagFiles, events, until };
}
