import { scheduleKey } from '../clock/timetable.js';
import { planRunStarts } from '../run/plan-run-starts.js';
import { planTasks } from '../run/plan-tasks.js';
import { planTick } from '../run/plan-tick.js';
import type { NewRun } from '../store/records.js';
import type { LoopContext } from './loop-options.js';
import { runIdOf } from './run-ids.js';
import type { Tally } from './tally.js';

const LOOKS_A_PASS = 200;

/** Creates the runs that are due at `now`. @returns whether there were any */
export async function createDueRuns(
  { store, emit }: LoopContext,
  now: number,
  tally: Tally,
): Promise<boolean> {
  const due = await store.dueDags(now);
  if (due.length === 0) return false;
  const plan = planTick(
    due.map(({ dag, activeRuns }) => ({ spec: dag.spec, position: dag.position, activeRuns })),
    now,
  );
  let moved = false;
  for (const [i, { runs, next: last }] of plan.dags.entries()) {
    const { dag } = due[i]!;
    const schedule = scheduleKey(dag.spec);
    for (const [k, { start, end }] of runs.entries()) {
      const run: NewRun = {
        dagId: dag.dagId,
        runId: runIdOf('scheduled', start),
        version: dag.spec.version,
        type: 'scheduled',
        logicalDate: start,
        intervalStart: start,
        intervalEnd: end,
        params: dag.spec.params,
      };
      const next = runs[k + 1] ?? last;
      moved = true;
      if (!(await store.createRun(run, now, { position: { end, schedule }, next }))) continue;
      tally.runsCreated++;
      emit({ kind: 'run_created', run });
    }
    // Where there is no run to create, the next one lies elsewhere than was thought: intervals were left out.
    if (runs.length === 0 && last?.runAt !== dag.next?.runAt) await store.setNextRun(dag.dagId, last);
  }
  return moved;
}

/** Starts queued runs within their DAGs' limits. @returns whether there were any */
export async function startQueuedRuns({ store, emit }: LoopContext, now: number): Promise<boolean> {
  const started = await store.startRuns(now, planRunStarts);
  for (const run of started) emit({ kind: 'run_started', run });
  return started.length > 0;
}

/** Looks at the runs about which something changed. @returns whether there were any */
export async function lookAtRuns({ store, emit }: LoopContext, now: number, tally: Tally): Promise<boolean> {
  const keys = await store.runsToLookAt(now, LOOKS_A_PASS);
  for (const key of keys) {
    const look = await store.lookAtRun(key, now, ({ run, spec, tasks, previous }) =>
      planTasks({ spec, startedAt: run.startedAt ?? now, tasks, previous, now }),
    );
    if (look === undefined) continue;
    const { run, plan } = look;
    for (const { to } of plan.changes) tally.countTask(to);
    if (plan.run === 'running') continue;
    tally.runs[plan.run]++;
    const tookMs = now - (run.startedAt ?? now);
    emit({ kind: 'run_finished', run, state: plan.run, timedOut: plan.timedOut, tookMs });
  }
  return keys.length > 0;
}
