import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { sectionOf } from '../../../src/config/section.js';
import type { FeatureViewProjection } from '../../../src/definitions/index.js';
import { openSqliteStore } from '../../../src/online/sqlite/sqlite-store.js';
import {
  entityColumnsOf,
  planOnlineRead,
  readOnline,
  type SelectedFeature,
  selectByProjection,
  selectByReference,
} from '../../../src/retrieval/index.js';
import { entity, featureView, fileSource } from '../../helpers/definitions.js';
import { fixturePath, readJsonFixture, temporaryFolder } from '../../helpers/fixtures.js';
import { GOLDEN_VIEWS } from '../../helpers/golden.js';

const knownEntities = [
  entity('driver', 'driver_id', 'Int64'),
  entity('origin', 'origin', 'String'),
  entity('destination', 'destination', 'String'),
  entity('__dummy', '__dummy_id'),
];

const projection = (viewName: string, more: Partial<FeatureViewProjection> = {}): FeatureViewProjection => ({
  kind: 'projection',
  viewName,
  alias: '',
  features: undefined,
  featureNames: undefined,
  joinKeyMap: {},
  ...more,
});

/** The online store that Python Feast wrote. */
async function openGolden(t: ExecutionContext) {
  const folder = temporaryFolder(t);
  copyFileSync(fixturePath('golden/online.sqlite'), join(folder, 'online.sqlite'));
  const store = await openSqliteStore(
    { type: 'sqlite', section: sectionOf({ path: 'online.sqlite' }) },
    folder,
  );
  t.teardown(() => store.close());
  return store;
}

async function read(
  t: ExecutionContext,
  selected: readonly SelectedFeature[],
  rows: readonly Record<string, unknown>[],
  fullFeatureNames = false,
) {
  const plan = planOnlineRead({ selected, entities: entityColumnsOf(rows), fullFeatureNames, knownEntities });
  return readOnline(plan, 'demo', await openGolden(t));
}

interface GoldenRead {
  features: string[] | { service: string };
  entity_rows: Record<string, unknown>[];
  full_feature_names: boolean;
  response: {
    metadata: { feature_names: { val: string[] } };
    results: { values: Record<string, unknown>[]; statuses: string[]; event_timestamps: string[] }[];
  };
}

/** protobuf's JSON of a value → what this project answers. */
function fromProtoJson(json: Record<string, unknown>): unknown {
  const [entry] = Object.entries(json);
  if (entry === undefined) return null;
  const [kind, content] = entry;
  if (kind === 'int64_val') return Number(content);
  if (kind === 'float_list_val') return ((content as { val?: number[] }).val ?? []).map(Math.fround);
  return content;
}

const SERVICE = [
  projection('driver_hourly_stats', { featureNames: ['conv_rate', 'trips'] }),
  projection('route_delays'),
];

const golden = readJsonFixture('golden/online_reads.json') as Record<'file' | 'sql', GoldenRead[]>;
for (const [registry, requests] of Object.entries(golden)) {
  for (const [i, request] of requests.entries()) {
    const { features } = request;
    // on-demand transformations are not plain views
    if (Array.isArray(features) && features.some((name) => name.startsWith('transformed:'))) continue;
    test(`golden ${registry} ${i}: ${JSON.stringify(features)}`, async (t) => {
      const selected = Array.isArray(features)
        ? selectByReference(features, GOLDEN_VIEWS)
        : selectByProjection(SERVICE, GOLDEN_VIEWS);
      // the number JSON gives for 2^62 is that very integer, but no safe one
      const rows = request.entity_rows.map((row) =>
        row.driver_id === 2 ** 62 ? { driver_id: 2n ** 62n } : row,
      );
      const answer = await read(t, selected, rows, request.full_feature_names);
      const { metadata, results } = request.response;
      t.deepEqual(answer.featureNames, metadata.feature_names.val);
      for (const [column, expected] of results.entries()) {
        const { values, statuses, eventTimestamps } = answer.results[column]!;
        t.deepEqual(
          values.map((value) => (typeof value === 'bigint' ? Number(value) : value)),
          expected.values.map(fromProtoJson),
        );
        t.deepEqual(statuses, expected.statuses);
        t.deepEqual(
          eventTimestamps,
          expected.event_timestamps.map((text) => new Date(text)),
        );
      }
    });
  }
}

const views = [
  ...GOLDEN_VIEWS,
  featureView('offline_only', { driver_id: 'Int64' }, { trips: 'Int64' }, fileSource('x'), { online: false }),
];

test('features of several views keep the order they were asked in', async (t) => {
  const references = [
    'global_stats:trips',
    'driver_hourly_stats:name',
    'route_delays:delay',
    'driver_hourly_stats:ok',
  ];
  const rows = [{ origin: 'SEA', driver_id: 3, destination: 'ATL' }];
  const answer = await read(t, selectByReference(references, views), rows);
  t.deepEqual(answer.featureNames, ['origin', 'driver_id', 'destination', 'trips', 'name', 'delay', 'ok']);
  t.deepEqual(
    answer.results.map(({ values }) => values[0]),
    ['SEA', 3, 'ATL', 3, 'late-created wins', -3, true],
  );
});

test('entities that repeat are answered each time; the name of an entity stands for its join key', async (t) => {
  const selected = selectByReference(['driver_hourly_stats:trips'], views);
  const answer = await read(t, selected, [{ driver: 3 }, { driver: '1' }, { driver: 3n }]);
  t.deepEqual(answer.featureNames, ['driver_id', 'trips']);
  t.deepEqual(
    answer.results.map(({ values }) => values),
    [
      [3, 1, 3],
      [5, 3, 5],
    ],
  );
});

test('a projection may rename the view and its join keys', async (t) => {
  const projections = [
    projection('driver_hourly_stats', { alias: 'renamed', featureNames: ['trips'] }),
    projection('driver_hourly_stats', {
      alias: 'other',
      featureNames: ['trips'],
      joinKeyMap: { driver_id: 'rival_id' },
    }),
  ];
  const answer = await read(t, selectByProjection(projections, views), [{ driver_id: 1, rival_id: 3 }], true);
  t.deepEqual(answer.featureNames, ['driver_id', 'rival_id', 'renamed__trips', 'other__trips']);
  t.deepEqual(
    answer.results.map(({ values }) => values[0]),
    [1, 3, 3, 5],
  );
});

test('a view without entities needs no entity rows', async (t) => {
  const answer = await read(t, selectByReference(['global_stats:trips'], views), []);
  t.deepEqual([answer.featureNames, answer.results[0]?.values], [['trips'], [3]]);
});

const select = (...references: string[]) => selectByReference(references, views);

test('what does not exist is an error that names the nearest', (t) => {
  t.throws(() => select('driver_hurly_stats:trips'), {
    code: 'FEATURE_VIEW_NOT_FOUND',
    message: /Did you mean "driver_hourly_stats"/,
  });
  t.throws(() => select('driver_hourly_stats:tripz'), {
    code: 'FEATURE_NOT_FOUND',
    message: /driver_hourly_stats.*Did you mean "trips"/,
  });
  t.throws(() => select('offline_only:trips'), { code: 'FEATURE_VIEW_NOT_ONLINE' });
  for (const reference of ['trips', 'a:b:c', ':trips', 'global_stats:', 'global_stats@v1:trips']) {
    t.throws(() => select(reference), { code: 'FEATURE_REFERENCE_INVALID' }, reference);
  }
});

test('names that collide are an error, and full names settle it', (t) => {
  const entities = { driver_id: [1] };
  const plan = (references: string[], fullFeatureNames = false) =>
    planOnlineRead({ selected: select(...references), entities, fullFeatureNames, knownEntities });
  const both = ['driver_hourly_stats:trips', 'global_stats:trips'];
  t.throws(() => plan(both), {
    code: 'FEATURE_NAME_COLLISION',
    message: /driver_hourly_stats:trips and global_stats:trips.*full feature names/,
  });
  t.deepEqual(plan(both, true).featureNames, [
    'driver_id',
    'driver_hourly_stats__trips',
    'global_stats__trips',
  ]);
  t.throws(() => plan(['global_stats:trips', 'global_stats:trips'], true), {
    code: 'FEATURE_NAME_COLLISION',
  });
});

const BAD_ROWS: [string, string[], Record<string, unknown>[], RegExp][] = [
  ['no rows', ['driver_hourly_stats:trips'], [], /needs the join key "driver_id"/],
  [
    'a missing join key',
    ['route_delays:delay'],
    [{ origin: 'SEA' }],
    /needs the join key "destination".*origin/,
  ],
  [
    'an unknown key',
    ['driver_hourly_stats:trips'],
    [{ driver_id: 1, driver_ids: 2 }],
    /"driver_ids", which is no join key.*Did you mean/,
  ],
  [
    'rows that differ',
    ['driver_hourly_stats:trips'],
    [{ driver_id: 1 }, { origin: 'x' }],
    /entity row 1 lacks "driver_id"/,
  ],
  [
    'rows with more',
    ['driver_hourly_stats:trips'],
    [{ driver_id: 1 }, { driver_id: 2, origin: 'x' }],
    /entity row 1 has "origin"/,
  ],
  [
    'a null join key',
    ['driver_hourly_stats:trips'],
    [{ driver_id: 1 }, { driver_id: null }],
    /entity row 1: join key "driver_id" is null/,
  ],
];
for (const [title, references, rows, message] of BAD_ROWS) {
  test(`entity rows: ${title}`, async (t) => {
    await t.throwsAsync(async () => read(t, select(...references), rows), {
      code: 'ENTITY_ROWS_INVALID',
      message,
    });
  });
}

test('entity rows: columns of different length, values of the wrong type', async (t) => {
  const selected = select('route_delays:delay');
  const entities = { origin: ['SEA', 'ATL'], destination: ['ATL'] };
  t.throws(() => planOnlineRead({ selected, entities, knownEntities }), {
    code: 'ENTITY_ROWS_INVALID',
    message: /"origin" has 2 values, "destination" has 1/,
  });
  await t.throwsAsync(read(t, select('driver_hourly_stats:trips'), [{ driver_id: 'abc' }]), {
    code: 'VALUE_INVALID',
    message: /join key "driver_id": "abc"/,
  });
  t.throws(() => planOnlineRead({ selected: [], entities: {}, knownEntities }), {
    code: 'FEATURE_REFERENCE_INVALID',
  });
});
