import test from 'ava';
import { scheduleKey } from '../../../scheduler/clock/timetable.js';
import { planTick } from '../../../scheduler/run/plan-tick.js';
import { dagSpec } from '../../helpers/dag-spec.js';

const at = (text: string) => Date.parse(text);
const starts = (runs: readonly { start: number }[]) =>
  runs.map(({ start }) => new Date(start).toISOString().slice(5, 10));

test('due runs, oldest first, within maxActiveRuns', (t) => {
  const spec = dagSpec('x', [], { schedule: '@daily', maxActiveRuns: 3 });
  const now = at('2026-11-10T12:00Z');
  const plan = planTick([{ spec, position: null, activeRuns: 1 }], now);
  t.deepEqual(starts(plan.dags[0]!.runs), ['11-01', '11-02']);
  t.deepEqual(starts([plan.dags[0]!.next!]), ['11-03'], 'the next one is due, and waits for a place');
  t.is(plan.wakeAt, null, 'the end of a run wakes, not time');
  t.deepEqual(planTick([{ spec, position: null, activeRuns: 3 }], now).dags[0]!.runs, []);
});

test('when nothing is due: the first instant at which something will be', (t) => {
  const daily = dagSpec('x', [], { schedule: '@daily' });
  const hourly = dagSpec('y', [], { schedule: '@hourly' });
  const manual = dagSpec('z', []);
  const now = at('2026-11-10T12:30Z');
  const position = (spec: typeof daily, end: string) => ({ end: at(end), schedule: scheduleKey(spec) });
  const plan = planTick(
    [
      { spec: daily, position: position(daily, '2026-11-10'), activeRuns: 0 },
      { spec: hourly, position: position(hourly, '2026-11-10T12:00Z'), activeRuns: 0 },
      { spec: manual, position: null, activeRuns: 0 },
    ],
    now,
  );
  t.deepEqual(
    plan.dags.flatMap((dag) => dag.runs),
    [],
  );
  t.is(plan.wakeAt, at('2026-11-10T13:00Z'));
  t.is(plan.dags[2]!.next, null);
});

test('a continuous DAG has one run at a time, whatever maxActiveRuns says', (t) => {
  const spec = dagSpec('x', [], { schedule: '@continuous', maxActiveRuns: 16 });
  const now = at('2026-11-10T12:30Z');
  t.is(planTick([{ spec, position: null, activeRuns: 0 }], now).dags[0]!.runs.length, 1);
  t.is(planTick([{ spec, position: null, activeRuns: 1 }], now).dags[0]!.runs.length, 0);
});
