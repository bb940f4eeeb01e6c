import test from 'ava';
import { planTasks, type TaskPlanInput } from '../../../scheduler/run/plan-tasks.js';
import type { TaskState } from '../../../scheduler/run/states.js';
import { chain, dagSpec, taskSpec } from '../../helpers/dag-spec.js';

const NOW = 1_000_000;

function plan(
  spec: TaskPlanInput['spec'],
  states: Record<string, TaskState>,
  more: Partial<TaskPlanInput> & { retryAt?: number } = {},
) {
  const tasks = Object.entries(states).map(([taskId, state]) => ({
    taskId,
    state,
    retryAt: more.retryAt ?? null,
  }));
  const planned = planTasks({
    spec,
    startedAt: NOW,
    deadlineAt: null,
    tasks,
    previous: null,
    gates: new Map(),
    now: NOW,
    ...more,
  });
  const changes = Object.fromEntries(planned.changes.map(({ taskId, to }) => [taskId, to]));
  return { ...planned, changes };
}

const abc = dagSpec('x', chain(['a', 'b', 'c']));

test('only tasks whose upstream is done are scheduled', (t) => {
  t.deepEqual(plan(abc, { a: 'none', b: 'none', c: 'none' }).changes, { a: 'scheduled' });
  t.deepEqual(plan(abc, { a: 'success', b: 'none', c: 'none' }).changes, { b: 'scheduled' });
  t.deepEqual(plan(abc, { a: 'success', b: 'running', c: 'none' }).changes, {});
});

test('a failure reaches every task after it, and the run, in one pass', (t) => {
  const failed = plan(abc, { a: 'failed', b: 'none', c: 'none' });
  t.deepEqual(failed.changes, { b: 'upstream_failed', c: 'upstream_failed' });
  t.is(failed.run, 'failed');
  const skipped = plan(abc, { a: 'skipped', b: 'none', c: 'none' });
  t.deepEqual(skipped.changes, { b: 'skipped', c: 'skipped' });
  t.is(skipped.run, 'success');
});

test('the leaves decide about the run: a failure that was dealt with does not fail it', (t) => {
  const spec = dagSpec('x', [
    taskSpec('load'),
    taskSpec('clean', { upstream: ['load'], triggerRule: 'all_done' }),
  ]);
  t.is(plan(spec, { load: 'failed', clean: 'success' }).run, 'success');
  t.is(plan(spec, { load: 'success', clean: 'failed' }).run, 'failed');
  t.is(plan(spec, { load: 'failed', clean: 'running' }).run, 'running');
});

test('a run fails only when all its tasks are over', (t) => {
  const spec = dagSpec('x', [taskSpec('a'), taskSpec('b')]);
  t.is(plan(spec, { a: 'failed', b: 'running' }).run, 'running');
  t.is(plan(spec, { a: 'failed', b: 'success' }).run, 'failed');
});

test('a deadline passes once, and the run is looked at then', (t) => {
  const states = { a: 'running', b: 'none', c: 'none' } as const;
  t.like(plan(abc, states, { deadlineAt: NOW + 5 }), { deadlineMissed: false, lookAt: NOW + 5 });
  t.like(plan(abc, states, { deadlineAt: NOW }), { deadlineMissed: true, lookAt: null, run: 'running' });
  t.false(plan(abc, states, { deadlineAt: null }).deadlineMissed);
});

test('a retry waits for its time, and the run is looked at then', (t) => {
  const waiting = plan(abc, { a: 'up_for_retry', b: 'none', c: 'none' }, { retryAt: NOW + 500 });
  t.deepEqual(waiting.changes, {});
  t.is(waiting.lookAt, NOW + 500);
  const due = plan(abc, { a: 'up_for_retry', b: 'none', c: 'none' }, { retryAt: NOW });
  t.deepEqual(due.changes, { a: 'scheduled' });
});

test('dependsOnPast: the previous run must have succeeded or skipped the same task', (t) => {
  const spec = dagSpec('x', [taskSpec('a', { dependsOnPast: true })]);
  const after = (state: TaskState) => plan(spec, { a: 'none' }, { previous: new Map([['a', state]]) });
  t.deepEqual(after('success').changes, { a: 'scheduled' });
  t.deepEqual(after('skipped').changes, { a: 'scheduled' });
  for (const state of ['failed', 'running', 'none', 'upstream_failed'] as const) {
    t.deepEqual(after(state).changes, {}, state);
    t.is(after(state).run, 'running');
  }
  t.deepEqual(plan(spec, { a: 'none' }).changes, { a: 'scheduled' }, 'the first run has no past');
  t.deepEqual(plan(spec, { a: 'none' }, { previous: new Map() }).changes, { a: 'scheduled' }, 'a new task');
});

test('a run whose time is up fails: what has not started never will, what runs is left to be stopped', (t) => {
  const spec = dagSpec('x', [taskSpec('a'), ...chain(['b', 'c', 'd'])], { runTimeoutMs: 100 });
  const states = { a: 'success', b: 'running', c: 'none', d: 'none' } as const;
  const before = plan(spec, states, { now: NOW + 99 });
  t.is(before.run, 'running');
  t.is(before.lookAt, NOW + 100);
  const after = plan(spec, states, { now: NOW + 100 });
  t.is(after.run, 'failed');
  t.true(after.timedOut);
  t.deepEqual(after.changes, { c: 'skipped', d: 'skipped' });
});

test('a run that was over in time is not failed by a late look', (t) => {
  const spec = dagSpec('x', [taskSpec('a')], { runTimeoutMs: 100 });
  t.is(plan(spec, { a: 'success' }, { now: NOW + 500 }).run, 'success');
});

test('a DAG without tasks succeeds', (t) => {
  t.is(plan(dagSpec('x', []), {}).run, 'success');
});
