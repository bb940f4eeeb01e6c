import test from 'ava';
import { planTasks } from '../../../scheduler/run/plan-tasks.js';
import type { TaskState } from '../../../scheduler/run/states.js';
import { dagSpec, taskSpec } from '../../helpers/dag-spec.js';

/** gate → a → join, gate → b → join → last; last runs whatever came before, join where nothing failed. */
const diamond = (gate: 'branch' | 'short_circuit') =>
  dagSpec('d', [
    taskSpec('gate', { gate }),
    taskSpec('a', { upstream: ['gate'] }),
    taskSpec('b', { upstream: ['gate'] }),
    taskSpec('join', { upstream: ['a', 'b', 'gate'], triggerRule: 'none_failed' }),
    taskSpec('last', { upstream: ['join'], triggerRule: 'all_done' }),
  ]);

function plan(gate: 'branch' | 'short_circuit', value: unknown, state: TaskState = 'success') {
  const spec = diamond(gate);
  const { changes } = planTasks({
    spec,
    startedAt: 0,
    deadlineAt: null,
    tasks: spec.tasks.map(({ taskId }) => ({
      taskId,
      state: taskId === 'gate' ? state : 'none',
      retryAt: null,
    })),
    previous: null,
    gates: new Map(value === undefined ? [] : [['gate', value]]),
    now: 0,
  });
  return Object.fromEntries(changes.map(({ taskId, to }) => [taskId, to]));
}

const skipped = 'skipped';
const scheduled = 'scheduled';

for (const [value, expected] of [
  [['a'], { a: scheduled, b: skipped }],
  [['a', 'b'], { a: scheduled, b: scheduled }],
  [['join'], { a: skipped, b: skipped, join: scheduled }],
  [[], { a: skipped, b: skipped, join: skipped, last: scheduled }],
  [undefined, { a: scheduled, b: scheduled }],
] as const) {
  test(`a branch that chose ${JSON.stringify(value)}`, (t) => t.deepEqual(plan('branch', value), expected));
}

for (const [value, expected] of [
  [true, { a: scheduled, b: scheduled }],
  [false, { a: skipped, b: skipped, join: skipped, last: skipped }],
  [undefined, { a: scheduled, b: scheduled }],
] as const) {
  test(`a short circuit that returned ${value}`, (t) => t.deepEqual(plan('short_circuit', value), expected));
}

test('a gate that has not succeeded leaves out nothing', (t) => {
  t.deepEqual(plan('branch', ['a'], 'running'), {});
  t.deepEqual(plan('short_circuit', false, 'up_for_retry'), { gate: scheduled });
});
