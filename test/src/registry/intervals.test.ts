import test from 'ava';
import { covers, mergeIntervals } from '../../../src/registry/intervals.js';

const i = (start: number, end: number) => ({ start: BigInt(start), end: BigInt(end) });

test('intervals that touch or overlap become one; a gap of a microsecond stays', (t) => {
  t.deepEqual(mergeIntervals([i(5, 7), i(0, 2), i(2, 4)]), [i(0, 4), i(5, 7)]);
  t.deepEqual(mergeIntervals([i(0, 10), i(2, 3), i(4, 12)]), [i(0, 12)]);
  t.deepEqual(mergeIntervals([i(3, 3), i(3, 3)]), [i(3, 3)]);
  t.deepEqual(mergeIntervals([]), []);
});

test('an interval is covered by the union, not by one of the list', (t) => {
  t.true(covers([i(0, 2), i(2, 4)], i(1, 3)));
  t.false(covers([i(0, 2), i(3, 4)], i(1, 3)));
  t.true(covers([i(0, 2)], i(0, 2)));
  t.false(covers([], i(0, 0)));
});

test('merging agrees with counting points, for any list', (t) => {
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 500; round++) {
    const list = Array.from({ length: random(6) }, () => {
      const start = random(20);
      return i(start, start + random(6));
    });
    const merged = mergeIntervals(list);
    const has = (all: typeof merged, x: number) =>
      all.some(({ start, end }) => start <= x / 2 && x / 2 <= end);
    for (let x = 0; x < 60; x++) t.is(has(merged, x), has(list, x));
    for (let n = 1; n < merged.length; n++) t.true(merged[n - 1]!.end < merged[n]!.start);
  }
});
