import test from 'ava';
import {
  featureView as declare,
  entity,
  field,
  freshnessOf,
  fileSource as source,
} from '../../../src/index.js';
import { assessFreshness } from '../../../src/materialization/index.js';
import { featureView, fileSource } from '../../helpers/definitions.js';

const HOUR = 3_600_000;
const now = new Date('2026-11-20T12:00:00Z');
const TAG = 'feast-scheduler:freshness';

test('the option is kept as a tag beside the others, and read back from it', (t) => {
  const declared = (freshness: unknown, tags?: Record<string, string>) =>
    declare({
      name: 'v',
      entities: [entity({ name: 'e' })],
      schema: [field('f', 'Int64')],
      source: source({ name: 's', path: 'x.parquet' }),
      freshness: freshness as string,
      ...(tags === undefined ? {} : { tags }),
    });
  t.deepEqual(declared('26h', { team: 'a' }).tags, { team: 'a', [TAG]: '26h' });
  t.is(freshnessOf(declared('26h')), 26 * HOUR);
  t.is(freshnessOf(declared(1500)), 1500);
  t.is(freshnessOf(declared(undefined)), undefined);
  t.deepEqual(declared(undefined).tags, {});
  t.throws(() => declared('a day'), { code: 'DEFINITION_INVALID', message: /freshness.*duration/ });
  t.throws(() => freshnessOf({ name: 'v', tags: { [TAG]: 'daily' } }), {
    code: 'DURATION_INVALID',
    message: /feature view "v", tag feast-scheduler:freshness: "daily"/,
  });
});

test('in breach, due with less than a fifth left, fine; never materialized is a breach; others are left out', (t) => {
  const view = (name: string, freshness: string | undefined, more: object = {}) =>
    featureView(name, { id: 'Int64' }, { f: 'Int64' }, fileSource('x'), {
      tags: freshness === undefined ? {} : { [TAG]: freshness },
      ...more,
    });
  const hoursAgo: Record<string, number> = { fresh: 8, due: 8.01, edge: 10, late: 10.01, free: 99, off: 99 };
  const views = [
    view('fresh', '10h'),
    view('due', '10h'),
    view('edge', '10h'),
    view('late', '10h'),
    view('never', '10h'),
    view('free', undefined),
    view('off', '10h', { online: false }),
    view('disabled', '10h', { enabled: false }),
  ];
  const found = assessFreshness(
    views,
    ({ name }) => {
      const hours = hoursAgo[name];
      return hours === undefined ? [] : [{ start: new Date(0), end: new Date(now.getTime() - hours * HOUR) }];
    },
    now,
  );
  t.deepEqual(
    found.map(({ view: name, status }) => [name, status]),
    [
      ['fresh', 'ok'],
      ['due', 'due'],
      ['edge', 'due'],
      ['late', 'breach'],
      ['never', 'breach'],
    ],
  );
  t.deepEqual(found[0], {
    view: 'fresh',
    status: 'ok',
    objectiveMs: 10 * HOUR,
    newestEnd: new Date('2026-11-20T04:00:00Z'),
    staleMs: 8 * HOUR,
  });
});
