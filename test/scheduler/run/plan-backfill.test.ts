import test from 'ava';
import { type ExistingRun, planBackfill, type Reprocess } from '../../../scheduler/run/plan-backfill.js';
import { RUN_STATES, type RunState } from '../../../scheduler/run/states.js';

const run = (state: RunState, more: Partial<ExistingRun> = {}): ExistingRun => ({
  key: 1,
  runId: 'r',
  type: 'scheduled',
  state,
  logicalDate: 10,
  intervalStart: 10,
  intervalEnd: 20,
  ...more,
});
const action = (existing: ExistingRun[], reprocess: Reprocess) =>
  planBackfill([{ start: 10, end: 20 }], existing, reprocess)[0]!.action;

test('what exists is left, or cleared, by its state and by what is to be done again', (t) => {
  const table = {
    none: { queued: 'skip', running: 'skip', success: 'skip', failed: 'skip' },
    failed: { queued: 'skip', running: 'skip', success: 'skip', failed: 'clear' },
    completed: { queued: 'skip', running: 'skip', success: 'clear', failed: 'clear' },
  } as const;
  for (const [reprocess, row] of Object.entries(table)) {
    for (const state of RUN_STATES) {
      t.is(action([run(state)], reprocess as Reprocess), row[state], `${reprocess}, ${state}`);
    }
    t.is(action([], reprocess as Reprocess), 'create');
  }
});

test('a run counts if it is about the interval: a manual one that happens to cover it does not', (t) => {
  t.is(action([run('success', { type: 'manual', logicalDate: 15 })], 'none'), 'create');
  t.is(action([run('success', { type: 'manual' })], 'none'), 'skip');
  t.is(action([run('success', { logicalDate: 11 })], 'none'), 'skip', 'its logical date was taken');
  t.is(action([run('success', { intervalStart: 0, intervalEnd: 10 })], 'none'), 'create', 'another interval');
});
