import { type Interval, type NextRun, scheduleKey } from '../clock/timetable.js';
import type { DagSpec } from '../dag/spec.js';
import { planRunStarts } from '../run/plan-run-starts.js';
import { planTasks } from '../run/plan-tasks.js';
import { planTick } from '../run/plan-tick.js';
import type { LoopContext } from './loop-options.js';
import { runIdOf } from './run-ids.js';
import type { Tally } from './tally.js';

const LOOKS_A_PASS = 200;

/**
 * Creates the run of one interval and moves the schedule past it. Where its logical date is taken by a run about
 * another interval (a manual one, or one of an earlier schedule), it takes the next free millisecond as logical
 * date, so that no interval is lost. @returns its run id; undefined where a run about the same interval exists
 */
async function createScheduledRun(
  { store }: LoopContext,
  spec: DagSpec,
  { start, end }: Interval,
  next: NextRun | null,
  now: number,
): Promise<string | undefined> {
  const move = { position: { end, schedule: scheduleKey(spec) }, next };
  const about = { dagId: spec.dagId, version: spec.version, intervalStart: start, intervalEnd: end };
  for (let logicalDate = start; ; logicalDate++) {
    const runId = runIdOf('scheduled', logicalDate);
    const run = { ...about, runId, type: 'scheduled', logicalDate, params: spec.params } as const;
    if (await store.createRun(run, now, move)) return runId;
    const taken = await store.getRunOf(spec.dagId, logicalDate);
    if (taken?.intervalStart === start && taken.intervalEnd === end) {
      await store.moveSchedule(spec.dagId, move);
      return undefined;
    }
  }
}

/** Creates the runs that are due at `now`. @returns whether there were any */
export async function createDueRuns(context: LoopContext, now: number, tally: Tally): Promise<boolean> {
  const { store, emit } = context;
  const due = await store.dueDags(now);
  if (due.length === 0) return false;
  const plan = planTick(
    due.map(({ dag, activeRuns }) => ({ spec: dag.spec, position: dag.position, activeRuns })),
    now,
  );
  let moved = false;
  for (const [i, { dagId, runs, next }] of plan.dags.entries()) {
    const { dag } = due[i]!;
    for (const [k, interval] of runs.entries()) {
      moved = true;
      const runId = await createScheduledRun(context, dag.spec, interval, runs[k + 1] ?? next, now);
      if (runId === undefined) continue;
      tally.runsCreated++;
      emit({ kind: 'run_created', run: { dagId, runId } });
    }
    // Where there is no run to create, the next one lies elsewhere than was thought: intervals were left out.
    if (runs.length === 0 && next?.runAt !== dag.next?.runAt) {
      await store.moveSchedule(dagId, { position: dag.position, next });
    }
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
    const look = await store.lookAtRun(key, now, ({ run, spec, tasks, previous, gates }) =>
      planTasks({
        spec,
        startedAt: run.startedAt ?? now,
        deadlineAt:
          spec.deadlineMs === undefined || run.deadlineMissed ? null : run.createdAt + spec.deadlineMs,
        tasks,
        previous,
        gates,
        now,
      }),
    );
    if (look === undefined) continue;
    const { run, plan } = look;
    if (plan.deadlineMissed) emit({ kind: 'deadline_missed', run });
    for (const { to } of plan.changes) tally.countTask(to);
    if (plan.run === 'running') continue;
    tally.runs[plan.run]++;
    const tookMs = now - (run.startedAt ?? now);
    emit({ kind: 'run_finished', run, state: plan.run, timedOut: plan.timedOut, tookMs });
  }
  return keys.length > 0;
}
