import test from 'ava';
import type { AttemptRequest } from '../../../scheduler/executor/executor.js';
import { dagSpec, taskSpec } from '../../helpers/dag-spec.js';
import { NOW, startLoop, tempStore } from '../../helpers/loop.js';
import { ManualClock } from '../../helpers/manual-clock.js';

const name = ({ taskId, callback }: AttemptRequest) => `${taskId || 'dag'}.${callback?.kind ?? 'run'}`;

test('callbacks are called after what they tell of, with the error, once', async (t) => {
  const store = await tempStore(t);
  const all = ['onSuccess', 'onFailure', 'onRetry'] as const;
  const spec = dagSpec(
    'd',
    [taskSpec('a', { retries: 1, callbacks: all }), taskSpec('b', { callbacks: all })],
    {
      schedule: '@once',
      callbacks: ['onFailure'],
    },
  );
  const called: string[] = [];
  const { loop } = startLoop(store, [spec], (request) => {
    if (request.callback === undefined && request.taskId === 'a') throw new Error(`no ${request.attempt}`);
    if (request.callback) called.push(`${name(request)} ${request.callback.error?.message ?? '-'}`);
  });
  t.like(await loop.runOnce(), { runs: { success: 0, failed: 1 } });
  t.deepEqual(called.sort(), ['a.onFailure no 2', 'a.onRetry no 1', 'b.onSuccess -', 'dag.onFailure -']);
  await startLoop(store, [spec], () => t.fail('they were called')).loop.runOnce();
});

test('a callback that fails is told of, and fails nothing', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', [taskSpec('a', { callbacks: ['onSuccess'] })], { schedule: '@once' });
  const { loop, events } = startLoop(store, [spec], ({ callback }) => {
    if (callback) throw new Error('no network');
  });
  t.like(await loop.runOnce(), { runs: { success: 1, failed: 0 } });
  t.like(
    events.find(({ kind }) => kind === 'callback_failed'),
    { callback: 'onSuccess', taskId: 'a', error: { message: 'no network' } },
  );
  t.deepEqual(await store.pendingCallbacks(1, []), []);
});

test('a callback that its scheduler did not live to see called is called by the next', async (t) => {
  const store = await tempStore(t);
  const spec = dagSpec('d', [taskSpec('a')], { schedule: '@once', callbacks: ['onSuccess'] });
  const first = startLoop(store, [spec], ({ callback }, { signal }) => {
    if (callback === undefined) return undefined;
    void first.loop.stop(0);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  await first.loop.runOnce();
  const called: string[] = [];
  const second = startLoop(store, [spec], (request) => called.push(name(request)));
  await second.loop.runOnce();
  t.deepEqual(called, ['dag.onSuccess']);
});

test('a missed deadline is told of once, and the run goes on', async (t) => {
  const store = await tempStore(t);
  const clock = new ManualClock(NOW);
  const spec = dagSpec('d', [taskSpec('a', { retries: 2, retryDelayMs: 60_000 })], {
    schedule: '@once',
    deadlineMs: 90_000,
    callbacks: ['onDeadlineMissed'],
  });
  const called: string[] = [];
  const { loop, events } = startLoop(
    store,
    [spec],
    (request) => {
      called.push(`${name(request)} ${(clock.now() - NOW) / 1000}`);
      if (request.callback === undefined && request.attempt < 3) throw new Error('again');
    },
    {
      clock,
      onEvent: (event) => {
        if (event.kind === 'attempt_finished' && event.retryAt !== null) clock.set(event.retryAt);
      },
    },
  );
  t.like(await loop.runOnce(), { runs: { success: 1, failed: 0 } });
  t.deepEqual(called.sort(), ['a.run 0', 'a.run 120', 'a.run 60', 'dag.onDeadlineMissed 120']);
  t.is(events.filter(({ kind }) => kind === 'deadline_missed').length, 1);
});
