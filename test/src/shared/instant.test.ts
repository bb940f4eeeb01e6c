import test from 'ava';
import { parseInstant, toDate } from '../../../src/shared/instant.js';

const iso = (text: string) => new Date(parseInstant(text, 'x')).toISOString();

test('times without an offset are UTC, dates are their midnight', (t) => {
  t.is(iso('2026-11-01'), '2026-11-01T00:00:00.000Z');
  t.is(iso('2026-11-01T12:30'), '2026-11-01T12:30:00.000Z');
  t.is(iso(' 2026-11-01 12:30:15.25 '), '2026-11-01T12:30:15.250Z');
});

test('offsets count, with and without a colon', (t) => {
  t.is(iso('2026-11-01T00:00:00-05:00'), '2026-11-01T05:00:00.000Z');
  t.is(iso('2026-11-01T00:00:00+0530'), '2026-10-31T18:30:00.000Z');
  t.is(iso('2026-11-01T00:00:00z'), '2026-11-01T00:00:00.000Z');
});

test('a time without an offset may mean another zone', (t) => {
  t.is(
    parseInstant('1970-01-01', 'x', (naive) => naive + 7),
    7,
  );
  t.is(
    parseInstant('1970-01-01T00:00Z', 'x', (naive) => naive + 7),
    0,
  );
});

test('what is no instant says so, with its place', (t) => {
  for (const text of ['', 'soon', '2026-13-01', '2026-02-30', '2026-11-01T25:00', '01.11.2026']) {
    t.throws(() => parseInstant(text, '--start'), { code: 'TIME_INVALID', message: /^--start: / }, text);
  }
  t.throws(() => toDate(new Date(Number.NaN), 'end'), { code: 'TIME_INVALID' });
});
