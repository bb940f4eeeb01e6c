import test from 'ava';
import { checkCron, cron } from '../../../scheduler/clock/cron.js';
import { timeZone } from '../../../scheduler/clock/time-zone.js';
import { readJsonFixture } from '../../helpers/fixtures.js';

type Case = [expression: string, zone: string, from: number, next: number, previous: number];

test('every fire time of the golden cases, as Airflow computes them', (t) => {
  const { cases } = readJsonFixture<{ cases: Case[] }>('golden/cron.json');
  t.is(cases.length, 3528);
  const wrong = cases.filter(([expression, zone, from, next, previous]) => {
    const fires = cron(checkCron(expression, 'test'), timeZone(zone, 'test'));
    return fires.next(from * 1000) !== next * 1000 || fires.prev(from * 1000) !== previous * 1000;
  });
  t.deepEqual(wrong, []);
});

const UTC = timeZone('UTC', 'test');

test('a fire time is neither its own next nor its own previous, to the millisecond', (t) => {
  const daily = cron('0 0 * * *', UTC);
  const midnight = Date.UTC(2026, 10, 2);
  const day = 86_400_000;
  t.is(daily.next(midnight), midnight + day);
  t.is(daily.prev(midnight), midnight - day);
  t.is(daily.next(midnight - 1), midnight);
  t.is(daily.prev(midnight + 1), midnight);
});

test('the vectors of 2026 in New York', (t) => {
  const zone = timeZone('America/New_York', 'test');
  const at = (text: string) => Date.parse(text);
  t.is(cron('30 2 * * *', zone).next(at('2026-03-08T05:00Z')), at('2026-03-08T07:30Z'));
  t.is(cron('30 1 * * *', zone).next(at('2026-11-01T04:30Z')), at('2026-11-01T06:30Z'));
  const hourly = cron('0 * * * *', zone);
  const fired: string[] = [];
  for (let now = at('2026-11-01T03:30Z'); fired.length < 4; ) {
    now = hourly.next(now);
    fired.push(new Date(now).toISOString().slice(11, 16));
  }
  t.deepEqual(fired, ['04:00', '05:00', '06:00', '07:00']);
});

test('day of month and day of week: either is enough', (t) => {
  const fires = cron('0 0 13 * 5', UTC);
  const days: string[] = [];
  for (let now = Date.UTC(2026, 9, 30, 12); days.length < 4; ) {
    now = fires.next(now);
    days.push(new Date(now).toISOString().slice(0, 10));
  }
  t.deepEqual(days, ['2026-11-06', '2026-11-13', '2026-11-20', '2026-11-27']);
});

for (const [expression, ...parts] of [
  ['61 * * * *', '"minute"', '"61"', '0-59'],
  ['0 25 * * *', '"hour"', '"25"'],
  ['0 0 32 * *', '"day of month"', '"32"'],
  ['0 0 * 13 *', '"month"', '"13"'],
  ['0 0 * * 9', '"day of week"', '"9"'],
  ['0 0 * * funday', '"day of week"', '"funday"'],
  ['*/0 * * * *', '"minute"', '"*/0"'],
  ['* * *', 'has 3 fields', 'five'],
  ['0 * * * * *', 'has 6 fields'],
  ['0 0 30 2 *', 'no day fits it'],
] as const) {
  test(`${expression} is refused`, (t) => {
    const error = t.throws(() => checkCron(expression, 'dag "x", schedule'), { code: 'DAG_INVALID' });
    for (const part of ['dag "x", schedule', JSON.stringify(expression), ...parts]) {
      t.true(error!.message.includes(part), `${error!.message} should say ${part}`);
    }
  });
}
