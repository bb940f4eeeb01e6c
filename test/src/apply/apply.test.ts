import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { formatPlan, planApply, prepareContents, teardown } from '../../../src/apply/index.js';
import {
  bigQuerySource,
  type Definition,
  entity,
  featureService,
  featureView,
  field,
  fileSource,
  labelView,
  onDemandFeatureView,
  project,
  pushSource,
  select,
} from '../../../src/definitions/index.js';
import { nameOf } from '../../../src/registry/index.js';
import { collectContents } from '../../../src/repository/index.js';
import {
  applyDefinitions,
  planDefinitions,
  registryFile,
  registryIn,
} from '../../helpers/apply-repository.js';
import { describeParquetIn } from '../../helpers/describe-parquet.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';
import { tableStore } from '../../helpers/table-store.js';

const DATA = fixturePath('golden_repo', 'data');
const driver = entity({ name: 'driver', joinKey: 'driver_id' });
const stats = fileSource({
  name: 'stats',
  path: join(DATA, 'stats.parquet'),
  timestampField: 'event_timestamp',
  createdTimestampColumn: 'created',
});
const view = (options: Partial<Parameters<typeof featureView>[0]> = {}) =>
  featureView({
    name: 'trips',
    entities: [driver],
    schema: [field('trips', 'Int64')],
    source: stats,
    ...options,
  });

async function emptyRepository(t: ExecutionContext, projectName = 'demo') {
  const folder = temporaryFolder(t);
  const onlineStore = tableStore(join(folder, 'online.db'));
  return { folder, registry: await registryIn(folder), onlineStore, project: projectName };
}

const registered = (registry: Awaited<ReturnType<typeof registryIn>>) =>
  registry.contents().then((contents) => ({
    views: contents.featureViews.map(nameOf),
    records: (contents.featureViewVersionHistory?.records ?? []).map((r) => [
      r.featureViewName,
      r.versionNumber,
    ]),
    infra: (contents.infra?.infraObjects ?? []).map((object) => object.sqliteTable?.name),
    contents,
  }));

test('plan says what apply will do, and makes no file', async (t) => {
  const repository = await emptyRepository(t);
  const planned = await planDefinitions(repository, [view()]);
  t.deepEqual(readdirSync(repository.folder), []);
  t.deepEqual(formatPlan(planned), formatPlan(await applyDefinitions(repository, [view()])));
  t.deepEqual(formatPlan(await planDefinitions(repository, [view()])), [
    'No changes to registry',
    'No changes to infrastructure',
  ]);
});

test('updates are printed property by property', async (t) => {
  const repository = await emptyRepository(t);
  await applyDefinitions(repository, [view({ ttl: '1h', description: 'old' })]);
  const plan = await applyDefinitions(repository, [
    view({ ttl: '2h', description: 'new', tags: { a: 'b' }, enabled: false }),
  ]);
  t.deepEqual(formatPlan(plan), [
    'Updated feature view trips',
    '\tttl: 3600s -> 7200s',
    '\tdescription: old -> new',
    '\ttags:  -> {"a":"b"}',
    '\tdisabled:  -> true',
    'No changes to infrastructure',
  ]);
  t.deepEqual(
    (await registered(repository.registry)).records,
    [['trips', 0]],
    'no schema change, no version',
  );
});

test('of a long value, what differs in it is printed', async (t) => {
  const repository = await emptyRepository(t);
  const [trips, rate] = [field('trips', 'Int64'), field('conv_rate', 'Float64')];
  const made = (fields: (typeof trips)[]) => {
    const declared = view({ schema: fields });
    return [declared, featureService({ name: 's', features: [declared] })];
  };
  await applyDefinitions(repository, made([trips, rate]));
  const counted = field('trips', 'Int64', { description: 'count' });
  t.deepEqual(formatPlan(await applyDefinitions(repository, made([counted, rate]))).slice(0, -1), [
    'Updated feature view trips',
    '\tfeatures: [{"name":"trips"}] -> [{"name":"trips","description":"count"}]',
    'Updated feature service s',
    '\tfeatures: [{"feature_view_name":"trips","feature_columns":[{"name":"trips"}]}] -> [{"feature_view_name":"trips","feature_columns":[{"name":"trips","description":"count"}]}]',
  ]);
});

test('a change of the schema makes a version; the order of features does not', async (t) => {
  const repository = await emptyRepository(t);
  const [trips, rate] = [field('trips', 'Int64'), field('conv_rate', 'Float64')];
  await applyDefinitions(repository, [view({ schema: [trips, rate] })]);
  const reordered = await applyDefinitions(repository, [view({ schema: [rate, trips] })]);
  t.deepEqual(reordered.changes, []);
  await applyDefinitions(repository, [view({ schema: [trips] })]);
  await applyDefinitions(repository, [view({ schema: [trips, rate] })]);
  const { contents, records } = await registered(repository.registry);
  t.deepEqual(records, [
    ['trips', 0],
    ['trips', 1],
    ['trips', 2],
  ]);
  t.is(contents.featureViews[0]!.meta!.currentVersionNumber, 2);

  await applyDefinitions(repository, []);
  t.deepEqual((await registered(repository.registry)).records, [], 'a view takes its versions with it');
});

test('tables follow views: created, dropped when a view goes or leaves the online store', async (t) => {
  const repository = await emptyRepository(t);
  const other = view({ name: 'other' });
  await applyDefinitions(repository, [view(), other]);
  t.deepEqual(repository.onlineStore.tables(), ['demo_other', 'demo_trips']);
  t.deepEqual((await registered(repository.registry)).infra, ['demo_trips', 'demo_other']);

  t.deepEqual(
    formatPlan(await applyDefinitions(repository, [view(), view({ name: 'other', online: false })])),
    [
      'Updated feature view other',
      '\tonline: true -> ',
      'Deleted sqlite table demo_other',
      '\tdestructive: its rows are lost',
    ],
  );
  t.deepEqual(repository.onlineStore.tables(), ['demo_trips']);
  t.deepEqual(formatPlan(await applyDefinitions(repository, [])), [
    'Deleted entity driver',
    'Deleted feature view trips',
    'Deleted feature view other',
    'Deleted sqlite table demo_trips',
    '\tdestructive: its rows are lost',
  ]);
  t.deepEqual(repository.onlineStore.tables(), []);
  t.deepEqual((await registered(repository.registry)).infra, []);
});

test('a view renamed in case only keeps its table, which SQLite does not tell apart', async (t) => {
  const repository = await emptyRepository(t);
  await applyDefinitions(repository, [view()]);
  await applyDefinitions(repository, [view({ name: 'Trips' })]);
  t.deepEqual(repository.onlineStore.tables(), ['demo_trips']);
});

test('an apply that died before it dropped a table is completed by the next', async (t) => {
  const repository = await emptyRepository(t);
  await applyDefinitions(repository, [view(), view({ name: 'other' })]);
  const { onlineStore } = repository;
  const dying = {
    ...onlineStore,
    updateInfra: async (p: string, create: readonly never[], drop: readonly never[]) => {
      if (drop.length > 0) throw new Error('killed');
      await onlineStore.updateInfra(p, create, drop);
    },
  };
  await t.throwsAsync(applyDefinitions({ ...repository, onlineStore: dying as never }, [view()]), {
    message: 'killed',
  });
  t.deepEqual(onlineStore.tables(), ['demo_other', 'demo_trips']);
  t.deepEqual((await registered(repository.registry)).views, ['trips']);
  t.deepEqual(formatPlan(await applyDefinitions(repository, [view()])), [
    'No changes to registry',
    'Deleted sqlite table demo_other',
  ]);
  t.deepEqual(onlineStore.tables(), ['demo_trips']);
});

test('an online store that moved gets tables at the new place, and the old is left alone', async (t) => {
  const repository = await emptyRepository(t);
  await applyDefinitions(repository, [view()]);
  const path = join(repository.folder, 'moved.db');
  const moved = { ...repository, onlineStore: tableStore(path) };
  t.deepEqual(formatPlan(await applyDefinitions(moved, [view()])), [
    'No changes to registry',
    'Updated sqlite table demo_trips',
    `\tpath: ${join(repository.folder, 'online.db')} -> ${path}`,
  ]);
  t.deepEqual(moved.onlineStore.tables(), ['demo_trips']);
  t.deepEqual(repository.onlineStore.tables(), ['demo_trips']);
});

test('projects of one registry do not see each other', async (t) => {
  const one = await emptyRepository(t, 'one');
  // whose tables begin like those of the first
  const two = { ...one, project: 'one_two' };
  await applyDefinitions(one, [view(), view({ name: 'two_trips' })]);
  await applyDefinitions(two, [view({ name: 'other' })]);
  t.deepEqual((await registered(one.registry)).infra, ['one_trips', 'one_two_trips', 'one_two_other']);
  t.deepEqual(formatPlan(await applyDefinitions(one, [view(), view({ name: 'two_trips' })])), [
    'No changes to registry',
    'No changes to infrastructure',
  ]);
  const { contents } = await registered(one.registry);
  t.deepEqual(
    contents.projectMetadata.map((m) => m.project),
    ['one', 'one_two'],
  );
  t.regex(contents.projectMetadata[0]!.projectUuid!, /^[0-9a-f-]{36}$/);

  t.deepEqual((await teardown('one', one.registry, one.onlineStore, 'tester')).sort(), [
    'one_trips',
    'one_two_trips',
  ]);
  t.deepEqual(one.onlineStore.tables(), ['one_two_other']);
  const left = (await registered(one.registry)).contents;
  t.deepEqual(left.projects.map(nameOf), ['one_two']);
  t.deepEqual(left.featureViews.map(nameOf), ['other']);
  t.deepEqual(
    left.projectMetadata.map((m) => m.project),
    ['one_two'],
  );
});

test('teardown of nothing makes nothing; of a protected project is refused', async (t) => {
  const repository = await emptyRepository(t);
  t.deepEqual(await teardown('demo', repository.registry, repository.onlineStore, 'tester'), []);
  t.false(existsSync(registryFile(repository.folder)));
  const guarded = project({ name: 'demo', tags: { 'feast.dev/protected-project': 'true' } });
  await applyDefinitions(repository, [guarded, view()]);
  await t.throwsAsync(teardown('demo', repository.registry, repository.onlineStore, 'tester'), {
    code: 'PROJECT_PROTECTED',
  });
  t.deepEqual(repository.onlineStore.tables(), ['demo_trips']);
});

test('purge_feast_metadata: a project without metadata', async (t) => {
  const folder = temporaryFolder(t);
  const registry = await registryIn(folder, { purge_feast_metadata: true });
  await applyDefinitions({ folder, registry, onlineStore: null }, [view()]);
  const { contents } = await registered(registry);
  t.deepEqual(contents.projectMetadata, []);
  t.deepEqual(contents.projects.map(nameOf), ['demo']);
});

test('a partial apply deletes nothing', async (t) => {
  const repository = await emptyRepository(t);
  await applyDefinitions(repository, [view()]);
  const plan = await applyDefinitions({ ...repository, partial: true }, [view({ name: 'other' })]);
  t.deepEqual(formatPlan(plan), ['Created feature view other', 'Created sqlite table demo_other']);
  t.deepEqual((await registered(repository.registry)).views, ['trips', 'other']);
  t.deepEqual(repository.onlineStore.tables(), ['demo_other', 'demo_trips']);
});

test('schemas, join keys and the event time are told from the source', async (t) => {
  const describe = describeParquetIn('/');
  const routes = fileSource({ path: join(DATA, 'routes.parquet'), fieldMapping: { delay: 'late' } });
  const inferred = featureView({
    name: 'routes',
    entities: [entity({ name: 'origin' }), entity({ name: 'destination' })],
    source: routes,
  });
  const service = featureService({ name: 's', features: [inferred, select(inferred, ['late'])] });
  const contents = await prepareContents(collectContents([inferred, service]), {
    project: 'demo',
    describe,
    validateSources: true,
  });
  const made = contents.featureViews[0]!;
  t.is(made.source.timestampField, 'event_timestamp');
  t.deepEqual(
    made.entityColumns.map((f) => [f.name, f.dtype]),
    [
      ['origin', 'String'],
      ['destination', 'String'],
    ],
  );
  t.deepEqual(
    made.features.map((f) => [f.name, f.dtype]),
    [
      ['late', 'Int32'],
      ['distance', 'Float32'],
    ],
  );
});

const REFUSED: [string, Definition[], string, RegExp][] = [
  [
    'another project',
    [project({ name: 'other' })],
    'PROJECT_CONFLICT',
    /declares project "other", but feature_store.yaml says "demo"/,
  ],
  [
    'two views that differ in case',
    [view(), view({ name: 'TRIPS' })],
    'NAME_CONFLICT',
    /feature view "TRIPS" is declared as "trips" too, which differs in case only/,
  ],
  [
    'views of two kinds that differ in case',
    [view(), labelView({ name: 'Trips', schema: [field('good', 'Bool')] })],
    'NAME_CONFLICT',
    /feature view "Trips" is declared as "trips" too, which differs in case only/,
  ],
  [
    'sources of two kinds and one name',
    [pushSource({ name: 'X', batchSource: fileSource({ path: 'x', timestampField: 't' }) })],
    'NAME_CONFLICT',
    /data source "x" is declared as "X" too/,
  ],
  [
    'an on-demand view of a view that is not declared',
    [
      onDemandFeatureView({
        name: 'o',
        sources: [view()],
        schema: [field('f', 'Int64')],
        transformation: { module: 't.ts', function: 'f' },
      }),
    ],
    'FEATURE_VIEW_NOT_FOUND',
    /on demand feature view "o" uses feature view "trips", which the repository does not declare/,
  ],
  [
    'a source that cannot be looked into, without its event time',
    [bigQuerySource({ table: 'a.b.c' })],
    'INFERENCE_FAILED',
    /the offline store cannot read a BigQuerySource; set timestampField/,
  ],
  [
    'a view of such a source without a schema',
    [view({ source: bigQuerySource({ table: 'a.b.c', timestampField: 't' }), schema: [] })],
    'INFERENCE_FAILED',
    /schema cannot be told, for the offline store cannot read a BigQuerySource/,
  ],
  ['two views of a name', [view(), view()], 'NAME_CONFLICT', /feature view "trips" is declared twice/],
  [
    'two sources of a name',
    [fileSource({ path: 'x' }), fileSource({ path: 'x' })],
    'NAME_CONFLICT',
    /data source "x" is declared twice/,
  ],
  [
    'two entities of a name',
    [driver, entity({ name: 'driver' })],
    'NAME_CONFLICT',
    /entity "driver" is declared twice/,
  ],
  [
    'a service of a view that is not exported',
    [featureService({ name: 's', features: [view()] })],
    'FEATURE_VIEW_NOT_FOUND',
    /feature service "s" uses feature view "trips"/,
  ],
  [
    'a service of a feature that inference does not find',
    [
      view({ schema: [] }),
      featureService({ name: 's', features: [select(view({ schema: [] }), ['tripz'])] }),
    ],
    'FEATURE_NOT_FOUND',
    /feature view "trips" has no feature "tripz"\. Did you mean "trips"\?/,
  ],
  [
    'a source without an event time',
    [view({ source: fileSource({ path: stats.path }) })],
    'INFERENCE_FAILED',
    /several columns are timestamps \(event_timestamp, created\); set timestampField/,
  ],
  [
    'an event time that is not there',
    [view({ source: fileSource({ path: stats.path, timestampField: 'event_timestmp' }) })],
    'SOURCE_COLUMN_MISSING',
    /has no column "event_timestmp" \(the event time\)\. Did you mean "event_timestamp"\?/,
  ],
  [
    'an event time that is no time',
    [view({ source: fileSource({ path: stats.path, timestampField: 'trips' }) })],
    'SOURCE_COLUMN_TYPE',
    /column "trips" of data source .* is BIGINT; expected a timestamp/,
  ],
  [
    'a feature that is not there',
    [view({ schema: [field('trip', 'Int64')] })],
    'SOURCE_COLUMN_MISSING',
    /has no column "trip" \(feature "trip"\)\. Did you mean "trips"\?/,
  ],
  [
    'a feature of another type',
    [view({ schema: [field('name', 'Int64')] })],
    'SOURCE_COLUMN_TYPE',
    /column "name" .* is VARCHAR; expected something readable as Int64/,
  ],
  [
    'a join key that is not there',
    [view({ entities: [entity({ name: 'rider' })] })],
    'SOURCE_COLUMN_MISSING',
    /has no column "rider", the join key of an entity/,
  ],
];
for (const [what, definitions, code, message] of REFUSED) {
  test(`refused: ${what}`, async (t) => {
    const repository = await emptyRepository(t);
    await t.throwsAsync(applyDefinitions(repository, definitions), { code, message });
    t.deepEqual(readdirSync(repository.folder), [], 'nothing was made');
  });
}

test('refused: a name that a view of another kind has', async (t) => {
  const repository = await emptyRepository(t);
  cpSync(fixturePath('golden', 'registry_applied.pb'), registryFile(repository.folder));
  const before = readFileSync(registryFile(repository.folder));
  await t.throwsAsync(applyDefinitions(repository, [view({ name: 'Transformed' })]), {
    code: 'NAME_CONFLICT',
    message: /has the on demand feature view "transformed"; choose another name, or delete that one first/,
  });
  const stray = { ...view(), entities: ['driverr'], entityObjects: [] };
  await t.throwsAsync(
    async () =>
      planApply({
        contents: collectContents([stray]),
        project: 'demo',
        projectDescription: '',
        registry: await repository.registry.contents(),
        infraFor: undefined,
        now: 0n,
      }),
    {
      code: 'ENTITY_NOT_FOUND',
      message: /no entity "driverr" is declared or registered\. Did you mean "driver"\?/,
    },
  );
  t.deepEqual(readFileSync(registryFile(repository.folder)), before);
});
