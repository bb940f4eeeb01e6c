import test from 'ava';
import type { Interval } from '../../../src/definitions/index.js';
import { cutIntoChunks } from '../../../src/materialization/cut-into-chunks.js';
import { coverage, planMaterialization } from '../../../src/materialization/index.js';
import { featureView, fileSource } from '../../helpers/definitions.js';
import { seededRandom } from '../../helpers/random.js';

const HOUR = 3_600_000;
/** Hours of 2026-11-01 UTC. */
const at = (hour: number) => new Date(Date.UTC(2026, 10, 1) + hour * HOUR);
const interval = (from: number, to: number): Interval => ({ start: at(from), end: at(to) });
const hours = (list: readonly Interval[]) =>
  list.map(({ start, end }) => [start, end].map((date) => (date.getTime() - at(0).getTime()) / HOUR));
const of = (intervals: Interval[], from: number, to: number) =>
  coverage(intervals, { from: at(from), to: at(to), now: at(48) });

test('covered and missing time, sums, newest end and staleness', (t) => {
  const found = of([interval(6, 8), interval(2, 4), interval(3, 5), interval(40, 47)], 0, 10);
  t.deepEqual(hours(found.covered), [
    [2, 5],
    [6, 8],
  ]);
  t.deepEqual(hours(found.gaps), [
    [0, 2],
    [5, 6],
    [8, 10],
  ]);
  t.is(found.coveredMs, 5 * HOUR);
  t.is(found.missingMs, 5 * HOUR);
  t.deepEqual(found.newestEnd, at(47));
  t.is(found.staleMs, HOUR);
});

test('nothing recorded, all recorded, touching intervals, intervals across the ends, an instant', (t) => {
  t.like(of([], 0, 10), { newestEnd: undefined, staleMs: undefined, coveredMs: 0 });
  t.deepEqual(hours(of([], 0, 10).gaps), [[0, 10]]);
  t.deepEqual(of([interval(-1, 11)], 0, 10).gaps, []);
  t.deepEqual(of([interval(0, 4), interval(4, 10)], 0, 10).gaps, []);
  t.deepEqual(hours(of([interval(-5, 1), interval(9, 12)], 0, 10).gaps), [[1, 9]]);
  t.deepEqual(hours(of([interval(12, 13)], 0, 10).gaps), [[0, 10]]);
  t.deepEqual(hours(of([], 5, 5).gaps), [[5, 5]]);
  t.deepEqual(of([interval(5, 6)], 5, 5).gaps, []);
  t.is(of([interval(40, 60)], 0, 10).staleMs, 0, 'a forced end in the future is not stale');
});

test('property: an instant is in the covered part exactly if some interval holds it; gaps are the rest', (t) => {
  const random = seededRandom(4);
  const integer = (limit: number) => Math.floor(random() * limit);
  for (let round = 0; round < 500; round++) {
    const intervals = Array.from({ length: integer(6) }, () => {
      const start = integer(20);
      return interval(start, start + integer(6));
    });
    const { covered, gaps, coveredMs, missingMs } = of(intervals, 4, 16);
    t.is(coveredMs + missingMs, 12 * HOUR);
    for (let half = 4.5; half < 16; half++) {
      const holds = ({ start, end }: Interval) => start <= at(half) && at(half) <= end;
      t.is(covered.some(holds), intervals.some(holds));
      t.is(gaps.some(holds), !intervals.some(holds));
    }
  }
});

test('chunks: oldest first, each begins where the last ended, the rest is short', (t) => {
  t.deepEqual(hours(cutIntoChunks(interval(0, 5), 2 * HOUR)), [
    [0, 2],
    [2, 4],
    [4, 5],
  ]);
  t.deepEqual(hours(cutIntoChunks(interval(0, 4), 2 * HOUR)), [
    [0, 2],
    [2, 4],
  ]);
  t.deepEqual(hours(cutIntoChunks(interval(3, 3), HOUR)), [[3, 3]]);
  t.deepEqual(hours(cutIntoChunks(interval(0, 5), undefined)), [[0, 5]]);
  for (const length of [0, Number.NaN, 1]) {
    t.throws(() => cutIntoChunks(interval(0, 5), length), { code: 'MATERIALIZATION_OPTION', message: /1d/ });
  }
});

const source = fileSource('x');
const views = [
  featureView('a', { id: 'Int64' }, { f: 'Int64' }, source, { ttl: 12 * HOUR }),
  featureView('b', { id: 'Int64' }, { f: 'Int64' }, source),
];
const recorded: Record<string, Interval[]> = { a: [], b: [interval(2, 4), interval(6, 8)] };
const planGaps = (more: object) => {
  const { views: planned, upToDate } = planMaterialization({
    kind: 'gaps',
    views,
    now: at(24),
    intervalsOf: (view) => recorded[view.name]!,
    ...more,
  });
  return {
    windows: Object.fromEntries(planned.map(({ view, windows }) => [view.name, hours(windows)])),
    upToDate: upToDate.map(({ name }) => name),
  };
};

test('gaps: what is missing of a span, in chunks; a view that lacks nothing is left out', (t) => {
  t.deepEqual(planGaps({ start: at(0), end: at(7) }).windows, {
    a: [[0, 7]],
    b: [
      [0, 2],
      [4, 6],
    ],
  });
  t.deepEqual(planGaps({ start: at(2), end: at(7), names: ['b'], chunkMs: HOUR }).windows, {
    b: [
      [4, 5],
      [5, 6],
    ],
  });
  t.deepEqual(planGaps({ start: at(3), end: at(4), names: ['b'] }), { windows: {}, upToDate: ['b'] });
});

test('gaps without times: from the first recorded start, else the ttl, until now', (t) => {
  t.deepEqual(planGaps({}).windows, {
    a: [[12, 24]],
    b: [
      [4, 6],
      [8, 24],
    ],
  });
  t.deepEqual(planGaps({ end: at(1) }), { windows: {}, upToDate: ['a', 'b'] });
});

test('gaps: the end may not be in the future unless forced, nor before the start', (t) => {
  t.throws(() => planGaps({ end: at(25) }), { code: 'MATERIALIZATION_WINDOW', message: /in the future/ });
  t.deepEqual(planGaps({ end: at(25), names: ['b'], allowFutureEnd: true }).windows.b?.at(-1), [8, 25]);
  t.throws(() => planGaps({ start: at(3), end: at(2) }), { code: 'MATERIALIZATION_WINDOW' });
});
