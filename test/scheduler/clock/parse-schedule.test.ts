import test from 'ava';
import { parseSchedule } from '../../../scheduler/clock/parse-schedule.js';
import { timeZone } from '../../../scheduler/clock/time-zone.js';
import type { Schedule } from '../../../scheduler/dag/index.js';

const PLACE = 'dag "load", schedule';

for (const [schedule, expected] of [
  ['30 2 * * *', { kind: 'cron', expressions: ['30 2 * * *'] }],
  ['  30   2 * * mon ', { kind: 'cron', expressions: ['30 2 * * mon'] }],
  ['@hourly', { kind: 'cron', expressions: ['0 * * * *'] }],
  ['@daily', { kind: 'cron', expressions: ['0 0 * * *'] }],
  ['@midnight', { kind: 'cron', expressions: ['0 0 * * *'] }],
  ['@weekly', { kind: 'cron', expressions: ['0 0 * * 0'] }],
  ['@monthly', { kind: 'cron', expressions: ['0 0 1 * *'] }],
  ['@quarterly', { kind: 'cron', expressions: ['0 0 1 */3 *'] }],
  ['@yearly', { kind: 'cron', expressions: ['0 0 1 1 *'] }],
  ['@annually', { kind: 'cron', expressions: ['0 0 1 1 *'] }],
  ['@once', { kind: 'once' }],
  ['@continuous', { kind: 'continuous' }],
  ['@none', { kind: 'none' }],
  [null, { kind: 'none' }],
  [{ every: '15m' }, { kind: 'interval', everyMs: 900_000 }],
  [{ every: 1000 }, { kind: 'interval', everyMs: 1000 }],
  [['0 6 * * *', '@daily'], { kind: 'cron', expressions: ['0 6 * * *', '0 0 * * *'] }],
] as const) {
  test(`${JSON.stringify(schedule)} is a schedule`, (t) => {
    t.deepEqual(parseSchedule(schedule, PLACE), expected);
  });
}

for (const [schedule, code, part] of [
  ['@dialy', 'DAG_INVALID', 'Did you mean "@daily"?'],
  ['0 24 * * *', 'DAG_INVALID', 'the field "hour" holds "24"'],
  [[], 'DAG_INVALID', 'at least one cron expression'],
  [{ every: 'often' }, 'DURATION_INVALID', '"often"'],
  [{ every: '10ms' }, 'DAG_INVALID', '1s or more'],
  [{ daily: true }, 'DAG_INVALID', '{"daily":true} is not a schedule'],
  [12, 'DAG_INVALID', '12 is not a schedule'],
] as const) {
  test(`${JSON.stringify(schedule)} is refused`, (t) => {
    const error = t.throws(() => parseSchedule(schedule as unknown as Schedule, PLACE), { code });
    t.true(error!.message.includes(PLACE) && error!.message.includes(part), error!.message);
  });
}

test('an unknown time zone is refused with the nearest name', (t) => {
  const error = t.throws(() => timeZone('Europe/Zürich', 'dag "load", timeZone'), { code: 'DAG_INVALID' });
  t.true(error!.message.includes('Did you mean "Europe/Zurich"?'), error!.message);
});

test('UTC and fixed offsets need no changes of the clocks', (t) => {
  const noon = Date.UTC(2026, 5, 1, 12);
  t.is(timeZone('UTC', 'test').toInstant(noon), noon);
  const kathmandu = timeZone('Asia/Kathmandu', 'test');
  t.is(kathmandu.toNaive(noon) - noon, 20_700_000);
  t.is(kathmandu.toInstant(kathmandu.toNaive(noon)), noon);
});
