import test from 'ava';
import { planMaterialization } from '../../../src/materialization/index.js';
import { featureView, fileSource } from '../../helpers/definitions.js';

const source = fileSource('x');
const HOUR = 3_600_000;
const views = [
  featureView('a', { id: 'Int64' }, { f: 'Int64' }, source, { ttl: 2 * HOUR }),
  featureView('b', { id: 'Int64' }, { f: 'Int64' }, source),
  featureView('offline_only', { id: 'Int64' }, { f: 'Int64' }, source, { online: false }),
  featureView('disabled', { id: 'Int64' }, { f: 'Int64' }, source, { enabled: false }),
];
const now = new Date('2026-11-20T12:00:00Z');
const intervalsOf = () => [];
const at = (text: string) => new Date(text);

test('full: every view that is enabled and online, one window; naive times are UTC', (t) => {
  const plan = planMaterialization({
    kind: 'full',
    intervalsOf,
    views,
    now,
    start: '2026-11-01T11:00:00',
    end: '2026-11-01T14:00:00+01:00',
  });
  const interval = { start: at('2026-11-01T11:00:00Z'), end: at('2026-11-01T13:00:00Z') };
  t.deepEqual(
    plan.views.map(({ view, interval, startsAt }) => [view.name, interval, startsAt]),
    [
      ['a', interval, 'given'],
      ['b', interval, 'given'],
    ],
  );
});

test('full: an instant is a window, start after end is not', (t) => {
  const plan = (start: string, end: string) =>
    planMaterialization({ kind: 'full', intervalsOf, views, now, start, end });
  t.is(plan('2026-11-01', '2026-11-01').views.length, 2);
  t.throws(() => plan('2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z'), {
    code: 'MATERIALIZATION_WINDOW',
    message: /start 2026-11-02T00:00:00.000Z is after end 2026-11-01T00:00:00.000Z/,
  });
  t.throws(() => plan('soon', '2026-11-01'), { code: 'TIME_INVALID', message: /start: "soon" is not/ });
});

test('named views: unknown, disabled and not online ones are errors, names given twice count once', (t) => {
  const plan = (names: string[]) =>
    planMaterialization({
      kind: 'full',
      intervalsOf,
      views,
      now,
      names,
      start: '2026-11-01',
      end: '2026-11-02',
    });
  t.deepEqual(
    plan(['b', 'b']).views.map(({ view }) => view.name),
    ['b'],
  );
  t.throws(() => plan(['disabld']), {
    code: 'FEATURE_VIEW_NOT_FOUND',
    message: /"disabld".*Did you mean "disabled"/,
  });
  t.throws(() => plan(['disabled']), { code: 'FEATURE_VIEW_NOT_ONLINE', message: /is disabled/ });
  t.throws(() => plan(['offline_only']), { code: 'FEATURE_VIEW_NOT_ONLINE', message: /online: false/ });
});

test('an end in the future is refused unless allowed', (t) => {
  const request = {
    kind: 'incremental',
    views,
    now,
    end: '2026-11-20T12:00:01',
    intervalsOf: () => [],
  } as const;
  t.throws(() => planMaterialization(request), { code: 'MATERIALIZATION_WINDOW', message: /in the future/ });
  t.is(planMaterialization({ ...request, allowFutureEnd: true }).views.length, 2);
});

test('incremental: from the newest recorded end, else now − ttl, else now − 52 weeks', (t) => {
  const plan = planMaterialization({ kind: 'incremental', views, now, intervalsOf: () => [] });
  t.deepEqual(
    plan.views.map(({ view, interval, startsAt }) => [view.name, interval.start.toISOString(), startsAt]),
    [
      ['a', '2026-11-20T10:00:00.000Z', 'ttl'],
      ['b', '2025-11-21T12:00:00.000Z', 'default_lookback'],
    ],
  );
  t.deepEqual(plan.views[0]?.interval.end, now);
  const intervals = [
    { start: at('2026-11-18'), end: at('2026-11-19') },
    { start: at('2026-11-01'), end: at('2026-11-02') },
  ];
  const later = planMaterialization({
    kind: 'incremental',
    views,
    now,
    intervalsOf: (view) => (view.name === 'a' ? intervals : []),
  });
  t.deepEqual(later.views[0]?.interval.start, at('2026-11-19'));
  t.is(later.views[0]?.startsAt, 'last_end');
});

test('incremental: a view that reaches the end already has nothing to do', (t) => {
  const intervals = [{ start: at('2026-11-18'), end: at('2026-11-19') }];
  const plan = planMaterialization({
    kind: 'incremental',
    views,
    now,
    end: '2026-11-19T00:00:00Z',
    names: ['a'],
    intervalsOf: () => intervals,
  });
  t.deepEqual(plan.views, []);
  t.deepEqual(
    plan.upToDate.map((view) => view.name),
    ['a'],
  );
});

test('late rows are looked for in what is recorded, where the source has a created time', (t) => {
  const withCreated = featureView(
    'late',
    { id: 'Int64' },
    { f: 'Int64' },
    fileSource('x', { createdTimestampColumn: 'c' }),
  );
  const recorded = [{ start: at('2026-11-18'), end: at('2026-11-19') }];
  const plan = (intervals: typeof recorded, lateLookbackMs: number | undefined = 2 * HOUR) =>
    planMaterialization({
      kind: 'incremental',
      views: [withCreated, views[1]!],
      now,
      end: '2026-11-18T12:00:00Z',
      intervalsOf: () => intervals,
      lateLookbackMs,
    });
  const { views: planned, upToDate } = plan(recorded);
  t.deepEqual(
    planned.map(({ view, windows, late, interval }) => [view.name, windows, late, interval]),
    [
      [
        'late',
        [],
        { createdAfter: at('2026-11-20T10:00:00Z'), windows: recorded },
        { start: at('2026-11-18T12:00:00Z'), end: at('2026-11-18T12:00:00Z') },
      ],
    ],
  );
  t.deepEqual(
    upToDate.map(({ name }) => name),
    ['b'],
  );
  t.deepEqual(
    plan([]).views.map(({ late }) => late),
    [undefined, undefined],
  );
});
