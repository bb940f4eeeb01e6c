import test from 'ava';
import { planOutcome } from '../../../scheduler/run/plan-outcome.js';
import { retryDelay } from '../../../scheduler/run/retry-delay.js';
import { taskSpec } from '../../helpers/dag-spec.js';

const running = { state: 'running', failures: 0, runState: 'running' } as const;
const twice = taskSpec('a', { retries: 2, retryDelayMs: 1000 });
const failure = { kind: 'failed', retryable: true } as const;

test('success', (t) => {
  t.deepEqual(planOutcome(running, twice, { kind: 'success' }, 5, 0), {
    attempt: 'success',
    task: 'success',
    failures: 0,
    retryAt: null,
  });
});

test('a failure is tried again, counted from its end, until no retry is left', (t) => {
  const first = planOutcome(running, twice, failure, 5000, 0);
  t.deepEqual(first, { attempt: 'failed', task: 'up_for_retry', failures: 1, retryAt: 6000 });
  t.is(planOutcome({ ...running, failures: 1 }, twice, failure, 5000, 0).task, 'up_for_retry');
  t.is(planOutcome({ ...running, failures: 2 }, twice, failure, 5000, 0).task, 'failed');
});

test('what would fail again the same way is not tried again', (t) => {
  t.is(planOutcome(running, twice, { kind: 'failed', retryable: false }, 0, 0).task, 'failed');
});

test('an interruption costs no retry', (t) => {
  const spent = { ...running, failures: 2 };
  t.deepEqual(planOutcome(spent, twice, { kind: 'interrupted' }, 0, 0), {
    attempt: 'interrupted',
    task: 'scheduled',
    failures: 2,
    retryAt: null,
  });
});

test('in a run that is over nothing is tried again', (t) => {
  const over = { ...running, runState: 'failed' } as const;
  t.is(planOutcome(over, twice, failure, 0, 0).task, 'failed');
  t.is(planOutcome(over, twice, { kind: 'interrupted' }, 0, 0).task, 'failed');
  t.is(planOutcome(over, twice, { kind: 'success' }, 0, 0).task, 'success');
});

test('a task that was cleared while it ran starts anew, however the attempt ended', (t) => {
  const cleared = { ...running, state: 'restarting' } as const;
  for (const end of [{ kind: 'success' }, { kind: 'interrupted' }, failure] as const) {
    const { attempt, task } = planOutcome(cleared, twice, end, 0, 0);
    t.deepEqual([attempt, task], ['cancelled', 'none']);
  }
});

test('retry delays: fixed, and exponential with jitter up to a limit', (t) => {
  const fixed = taskSpec('a', { retryDelayMs: 100 });
  t.deepEqual(
    [1, 2, 3].map((n) => retryDelay(fixed, n, 0.9)),
    [100, 100, 100],
  );
  const growing = taskSpec('a', { retryDelayMs: 100, retryBackoff: 'exponential', maxRetryDelayMs: 1000 });
  t.deepEqual(
    [1, 2, 3, 4, 5].map((n) => retryDelay(growing, n, 0)),
    [100, 200, 400, 800, 1000],
  );
  t.deepEqual(
    [1, 2, 3, 4, 5].map((n) => retryDelay(growing, n, 0.5)),
    [150, 300, 600, 1000, 1000],
  );
});
