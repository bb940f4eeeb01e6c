import test from 'ava';
import { parseInstant } from '../../../scheduler/clock/parse-instant.js';
import { isCodedError } from '../../../src/shared/errors.js';

const at = (text: string, zone = 'UTC') => new Date(parseInstant(text, zone, 'here')).toISOString();

test('a date without an offset is one of the zone, on both sides of a change of clocks', (t) => {
  t.is(at('2026-10-20'), '2026-10-20T00:00:00.000Z');
  t.is(at('2026-07-01', 'America/New_York'), '2026-07-01T04:00:00.000Z');
  t.is(at('2026-12-01 12:30', 'America/New_York'), '2026-12-01T17:30:00.000Z');
  t.is(at('2026-12-01T12:30:15.5', 'Asia/Kolkata'), '2026-12-01T07:00:15.500Z');
});

test('an offset that is written counts', (t) => {
  t.is(at('2026-12-01T12:30Z', 'America/New_York'), '2026-12-01T12:30:00.000Z');
  t.is(at('2026-12-01T12:30:00+02:00', 'America/New_York'), '2026-12-01T10:30:00.000Z');
});

test('refused: what is no date', (t) => {
  for (const text of [
    '',
    'yesterday',
    '2026-02-30',
    '2026-13-01',
    '20261020',
    '2026-10-20T25:00',
    '2026-10-20T10:00+99:00',
  ]) {
    t.true(
      isCodedError(
        t.throws(() => parseInstant(text, 'UTC', 'here')),
        'DAG_INVALID',
      ),
      text,
    );
  }
});
