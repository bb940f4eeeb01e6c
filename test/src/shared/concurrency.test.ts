import test from 'ava';
import { mapConcurrently } from '../../../src/shared/concurrency.js';

test('never more than the limit at a time, outcomes at their places, a failure stops nobody', async (t) => {
  let [running, most] = [0, 0];
  const started: number[] = [];
  const outcomes = await mapConcurrently([1, 2, 3, 4, 5], 2, async (n) => {
    started.push(n);
    most = Math.max(most, ++running);
    for (let turn = 0; turn < 6 - n; turn++) await new Promise((resolve) => setImmediate(resolve));
    running--;
    if (n === 2) throw new Error('two');
    return n * 10;
  });
  t.is(most, 2);
  t.deepEqual(started, [1, 2, 3, 4, 5]);
  t.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message)),
    [10, 'two', 30, 40, 50],
  );
  t.deepEqual(await mapConcurrently([], 3, async () => 1), []);
});
