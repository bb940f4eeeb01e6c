import test from 'ava';
import { parseSchedule } from '../../../scheduler/clock/parse-schedule.js';
import {
  createTimetable,
  type Interval,
  type NextRun,
  type Position,
  type Scheduled,
  scheduleKey,
} from '../../../scheduler/clock/timetable.js';
import type { Schedule } from '../../../scheduler/dag/index.js';
import { seededRandom } from '../../helpers/random.js';

const at = (text: string) => Date.parse(text);
const iso = ({ start, end }: Interval) =>
  [start, end].map((ms) => new Date(ms).toISOString().replace(':00.000Z', 'Z')).join(' ');

function scheduled(schedule: Schedule, startDate: string, more: Partial<Scheduled> = {}): Scheduled {
  return {
    dagId: 'x',
    schedule: parseSchedule(schedule, 'test'),
    timeZone: 'UTC',
    startDate: at(startDate),
    endDate: null,
    catchup: true,
    ...more,
  };
}

/** The intervals of the runs due at `now`, oldest first. */
function due(dag: Scheduled, now: number, from: Position | null = null): Interval[] {
  const timetable = createTimetable(dag);
  const found: Interval[] = [];
  let position = from;
  for (;;) {
    const next = timetable.nextRun(position, now);
    if (next === null || next.runAt > now) return found;
    found.push({ start: next.start, end: next.end });
    position = { end: next.end, schedule: scheduleKey(dag) };
  }
}

test('catch-up: every complete interval since the start date, oldest first', (t) => {
  const dag = scheduled('@daily', '2026-11-01');
  t.deepEqual(due(dag, at('2026-11-04T00:00Z')).map(iso), [
    '2026-11-01T00:00Z 2026-11-02T00:00Z',
    '2026-11-02T00:00Z 2026-11-03T00:00Z',
    '2026-11-03T00:00Z 2026-11-04T00:00Z',
  ]);
  t.is(due(dag, at('2026-11-03T23:59:59.999Z')).length, 2, 'never before the end of the interval');
});

test('a start date between two fire times waits for the second', (t) => {
  const dag = scheduled('@daily', '2026-11-01T00:00:00.001Z');
  t.is(iso(due(dag, at('2026-11-04T00:00Z'))[0]!), '2026-11-02T00:00Z 2026-11-03T00:00Z');
});

test('without catch-up: only the latest complete interval', (t) => {
  const dag = scheduled('@daily', '2026-01-01', { catchup: false });
  t.deepEqual(due(dag, at('2026-11-04T10:00Z')).map(iso), ['2026-11-03T00:00Z 2026-11-04T00:00Z']);
  t.deepEqual(due(dag, at('2026-11-04T00:00Z')).map(iso), ['2026-11-03T00:00Z 2026-11-04T00:00Z']);
});

test('without catch-up, after a pause: the intervals in between are left out, none is repeated', (t) => {
  const dag = scheduled('@hourly', '2026-01-01', { catchup: false });
  const position = { end: at('2026-11-01T05:00Z'), schedule: scheduleKey(dag) };
  t.deepEqual(due(dag, at('2026-11-01T05:30Z'), position), []);
  t.deepEqual(due(dag, at('2026-11-01T06:30Z'), position).map(iso), ['2026-11-01T05:00Z 2026-11-01T06:00Z']);
  t.deepEqual(due(dag, at('2026-11-01T09:30Z'), position).map(iso), ['2026-11-01T08:00Z 2026-11-01T09:00Z']);
});

test('a bounded catch-up: the latest so many, none before the start date, none twice', (t) => {
  const dag = scheduled('@daily', '2026-01-01', { catchup: 3 });
  const latest = [
    '2026-11-01T00:00Z 2026-11-02T00:00Z',
    '2026-11-02T00:00Z 2026-11-03T00:00Z',
    '2026-11-03T00:00Z 2026-11-04T00:00Z',
  ];
  t.deepEqual(due(dag, at('2026-11-04T10:00Z')).map(iso), latest);
  const position = { end: at('2026-11-02T00:00Z'), schedule: scheduleKey(dag) };
  t.deepEqual(due(dag, at('2026-11-04T10:00Z'), position).map(iso), latest.slice(1));
  const young = scheduled('@daily', '2026-11-03', { catchup: 3 });
  t.deepEqual(due(young, at('2026-11-04T10:00Z')).map(iso), latest.slice(2));
});

test('without catch-up, the start date still holds', (t) => {
  const dag = scheduled('@daily', '2026-11-03T12:00Z', { catchup: false });
  t.deepEqual(due(dag, at('2026-11-04T10:00Z')), []);
  t.deepEqual(due(dag, at('2026-11-05T00:00Z')).map(iso), ['2026-11-04T00:00Z 2026-11-05T00:00Z']);
});

test('endDate is the last logical date', (t) => {
  const dag = scheduled('@daily', '2026-11-01', { endDate: at('2026-11-02T00:00Z') });
  t.is(due(dag, at('2026-12-01T00:00Z')).length, 2);
  const timetable = createTimetable(dag);
  t.is(timetable.nextRun({ end: at('2026-11-03T00:00Z'), schedule: scheduleKey(dag) }, 0), null);
});

test('an interval schedule counts from the start date', (t) => {
  const dag = scheduled({ every: '15m' }, '2026-11-01T00:07Z');
  t.deepEqual(due(dag, at('2026-11-01T00:40Z')).map(iso), [
    '2026-11-01T00:07Z 2026-11-01T00:22Z',
    '2026-11-01T00:22Z 2026-11-01T00:37Z',
  ]);
  const latest = scheduled({ every: '15m' }, '2026-11-01T00:07Z', { catchup: false });
  t.deepEqual(due(latest, at('2026-11-02T00:40Z')).map(iso), ['2026-11-02T00:22Z 2026-11-02T00:37Z']);
});

test('several crons fire whenever one of them does', (t) => {
  const dag = scheduled(['0 6 * * *', '0 18 * * *', '0 6 * * *'], '2026-11-01');
  t.deepEqual(due(dag, at('2026-11-02T06:00Z')).map(iso), [
    '2026-11-01T06:00Z 2026-11-01T18:00Z',
    '2026-11-01T18:00Z 2026-11-02T06:00Z',
  ]);
});

test('@once runs once, at the start date', (t) => {
  const dag = scheduled('@once', '2026-11-01T10:00Z');
  t.deepEqual(due(dag, at('2026-11-01T09:59Z')), []);
  t.deepEqual(due(dag, at('2026-12-01')).map(iso), ['2026-11-01T10:00Z 2026-11-01T10:00Z']);
});

test('@continuous runs from the end of the last run until now, and ends', (t) => {
  const dag = scheduled('@continuous', '2026-11-01T10:00Z');
  t.deepEqual(due(dag, at('2026-11-01T10:20Z')).map(iso), ['2026-11-01T10:00Z 2026-11-01T10:20Z']);
});

test('no schedule: no scheduled run, and a manual run is about the instant of its trigger', (t) => {
  const timetable = createTimetable(scheduled(null, '2026-11-01', { startDate: null }));
  t.is(timetable.nextRun(null, at('2030-01-01')), null);
  t.deepEqual(timetable.manualInterval(5), { start: 5, end: 5 });
});

test('a manual run is about the last complete interval', (t) => {
  const timetable = createTimetable(scheduled('@daily', '2026-11-01'));
  for (const trigger of ['2026-11-04T00:00Z', '2026-11-04T15:00Z']) {
    t.is(iso(timetable.manualInterval(at(trigger))), '2026-11-03T00:00Z 2026-11-04T00:00Z');
  }
});

test('after a change of schedule no time is left out', (t) => {
  const daily = scheduled('@daily', '2026-01-01');
  const position = { end: at('2026-11-04T00:00Z'), schedule: scheduleKey(daily) };
  const early = scheduled('0 6 * * *', '2026-01-01');
  t.deepEqual(due(early, at('2026-11-04T06:00Z'), position).map(iso), [
    '2026-11-03T06:00Z 2026-11-04T06:00Z',
  ]);
  const hourly = scheduled('@hourly', '2026-01-01');
  t.deepEqual(due(hourly, at('2026-11-04T01:00Z'), position).map(iso), [
    '2026-11-04T00:00Z 2026-11-04T01:00Z',
  ]);
});

const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Zurich',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Asia/Kathmandu',
];

test('intervals tile time, across changes of the clocks, for random crons and zones', (t) => {
  const random = seededRandom(20261101);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const minutes = () => pick(['0', '30', '*/15', '7,37', '59', `${Math.floor(random() * 60)}`]);
  const hours = () => pick(['*', '*/1', '*/6', '1', '2', '1,2,3', '0-20/2', '23']);
  for (let round = 0; round < 120; round++) {
    const schedule = Array.from({ length: random() < 0.3 ? 2 : 1 }, () => `${minutes()} ${hours()} * * *`);
    const startDate = Date.UTC(2026, 0, 1) + Math.floor(random() * 365 * 86_400_000);
    const dag = { ...scheduled(schedule, '2026-01-01'), startDate, timeZone: pick(ZONES) };
    const timetable = createTimetable(dag);
    let position: Position | null = null;
    let end = Number.NaN;
    for (let i = 0; i < 60; i++) {
      const next: NextRun = timetable.nextRun(position, Date.UTC(2030, 0, 1))!;
      const label = `${schedule.join(' | ')} ${dag.timeZone} ${new Date(next.start).toISOString()}`;
      if (i === 0) t.true(next.start >= startDate, label);
      else t.is(next.start, end, `gap or overlap: ${label}`);
      t.true(next.end > next.start, `empty: ${label}`);
      t.is(next.runAt, next.end);
      end = next.end;
      position = { end, schedule: scheduleKey(dag) };
    }
  }
});

test('without catch-up, at any instant: the interval is complete, the latest, and overlaps nothing', (t) => {
  const random = seededRandom(7);
  for (const zone of ZONES) {
    for (const expression of ['30 1 * * *', '30 2 * * *', '*/15 * * * *', '0 1,2,3 * * *', '15 */2 * * *']) {
      const dag = { ...scheduled(expression, '2026-01-01', { catchup: false }), timeZone: zone };
      const timetable = createTimetable(dag);
      let position: Position | null = null;
      let now = at(zone === 'Europe/Zurich' ? '2026-10-24T00:00Z' : '2026-10-31T00:00Z');
      for (let i = 0; i < 40; i++) {
        now += Math.floor(random() * 5_400_000);
        const next: NextRun = timetable.nextRun(position, now)!;
        const label = `${expression} ${zone} at ${new Date(now).toISOString()}: ${iso(next)}`;
        t.true(next.end > next.start, label);
        if (position !== null) t.true(next.start >= (position as Position).end, label);
        if (next.runAt > now) continue;
        position = { end: next.end, schedule: scheduleKey(dag) };
        t.true(timetable.nextRun(position, now)!.runAt > now, `not the latest: ${label}`);
      }
    }
  }
});
