import test from 'ava';
import {
  bigQuerySource,
  customSource,
  type Entity,
  entity,
  featureService,
  featureView,
  field,
  fileSource,
  kafkaSource,
  kinesisSource,
  onDemandFeatureView,
  permission,
  project,
  pushSource,
  redshiftSource,
  requestSource,
  savedDataset,
  select,
  snowflakeSource,
  sparkSource,
  streamFeatureView,
  trinoSource,
  validationReference,
} from '../../../src/definitions/index.js';
import { isCodedError } from '../../../src/shared/errors.js';

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: 'Int64' });
const stats = fileSource({ path: 'data/stats.parquet', fieldMapping: { raw: 'cooked' } });
const view = featureView({
  name: 'stats',
  entities: [driver],
  schema: [field('trips', 'Int64')],
  source: stats,
});

test('defaults are Feast’s', (t) => {
  t.deepEqual(entity({ name: 'origin' }), {
    kind: 'entity',
    name: 'origin',
    joinKey: 'origin',
    valueType: undefined,
    description: '',
    tags: {},
    owner: '',
  } satisfies Entity);
  t.is(entity({ name: 'driver', joinKeys: ['driver_id'] }).joinKey, 'driver_id');
  t.like(stats, {
    name: 'data/stats.parquet',
    format: 'parquet',
    timestampField: '',
    createdTimestampColumn: '',
  });
  t.is(fileSource({ path: 'data/x.CSV.gz' }).format, 'csv');
  t.is(fileSource({ path: 'data/folder', format: 'csv' }).format, 'csv');
  t.like(featureView({ name: 'v', source: stats }), {
    entities: ['__dummy'],
    ttl: 0,
    online: true,
    offline: false,
    enabled: true,
  });
  t.is(featureView({ name: 'v', source: stats, ttl: '1h30m' }).ttl, 5_400_000);
});

test('join keys in a schema are columns of entities, the rest are features', (t) => {
  const both = featureView({
    name: 'v',
    entities: [driver],
    schema: [field('driver_id', 'Int64'), field('trips', 'Int64')],
    source: stats,
  });
  t.deepEqual(
    both.entityColumns.map((f) => f.name),
    ['driver_id'],
  );
  t.deepEqual(
    both.features.map((f) => f.name),
    ['trips'],
  );
  t.is(both.schema.length, 2);
});

test('a service takes whole views and selections of them', (t) => {
  const service = featureService({
    name: 's',
    features: [view, select(view, ['trips'], { alias: 'other', joinKeyMap: { driver_id: 'id' } })],
  });
  t.like(service.projections[0], { viewName: 'stats', featureNames: undefined, alias: '' });
  t.like(service.projections[1], {
    featureNames: ['trips'],
    alias: 'other',
    joinKeyMap: { driver_id: 'id' },
  });
});

test('what factories return is frozen through and through', (t) => {
  const tags: Record<string, string> = { a: 'b' };
  const made = featureView({
    name: 'v',
    entities: [driver],
    schema: [field('x', 'Bool', { tags })],
    source: stats,
  });
  t.throws(() => Object.assign(made, { name: 'w' }), { instanceOf: TypeError });
  t.throws(() => Object.assign(made.features[0]!.tags, { c: 'd' }), { instanceOf: TypeError });
  tags.c = 'd';
  t.deepEqual(made.features[0]!.tags, { a: 'b' }, 'a copy, not the caller’s object');
});

// what a JavaScript caller can do: everything
type Loose = (...args: never[]) => unknown;
const loosely =
  (factory: Loose, ...args: unknown[]) =>
  () =>
    (factory as (...a: unknown[]) => unknown)(...args);

const KAFKA = {
  name: 'k',
  timestampField: 't',
  bootstrapServers: 'b',
  topic: 't',
  messageFormat: { type: 'json', schema: '' },
  batchSource: stats,
} as const;
const STREAM = {
  name: 's',
  source: kafkaSource(KAFKA),
  timestampField: 't',
  aggregations: [{ column: 'a', function: 'sum', timeWindow: '1h' }],
};
const REQUEST = requestSource({ name: 'r', schema: [field('x', 'Int64')] });
const ON_DEMAND = {
  name: 'o',
  sources: [REQUEST],
  schema: [field('y', 'Int64')],
  transformation: { module: 't.ts', function: 'f' },
};

const REFUSED: [string, () => unknown, RegExp][] = [
  ['no options', loosely(entity), /entity: takes one object of options, found nothing/],
  ['no name', loosely(entity, {}), /entity: option "name" is missing/],
  [
    'an empty name',
    loosely(entity, { name: ' ' }),
    /entity " ": option "name" must be a text that is not empty/,
  ],
  [
    'an unknown option',
    loosely(entity, { name: 'driver', joinKye: 'x' }),
    /entity "driver": unknown option "joinKye"\. Did you mean "joinKey"\?/,
  ],
  [
    'several join keys',
    loosely(entity, { name: 'd', joinKeys: ['a', 'b'] }),
    /entity "d": an entity has one join key, found a, b/,
  ],
  [
    'two join keys that differ',
    loosely(entity, { name: 'd', joinKey: 'a', joinKeys: ['b'] }),
    /joinKey "a" and joinKeys "b" differ/,
  ],
  [
    'an unknown value type',
    loosely(entity, { name: 'd', valueType: 'Int46' }),
    /"valueType" must be a Feast type \(the nearest is "Int64"\), found "Int46"/,
  ],
  [
    'tags that are no texts',
    loosely(entity, { name: 'd', tags: { a: 1 } }),
    /"tags" must be an object whose values are texts/,
  ],
  [
    'the reserved entity',
    loosely(entity, { name: '__dummy' }),
    /entity "__dummy": "__dummy" is reserved for views without entities/,
  ],
  [
    'a field of an unknown type',
    loosely(field, 'x', 'Flaot64'),
    /field "x": "Flaot64" is not a Feast type\. Did you mean "Float64"\?/,
  ],
  ['a field without a name', loosely(field, '', 'Int64'), /field: the name must be/],
  [
    'a source without a path',
    loosely(fileSource, { name: 's' }),
    /file source "s": option "path" is missing/,
  ],
  [
    'a source of an unknown format',
    loosely(fileSource, { path: 'x', format: 'orc' }),
    /"format" must be "parquet" or "csv", found "orc"/,
  ],
  [
    'a view without a source',
    loosely(featureView, { name: 'v' }),
    /feature view "v": option "source" is missing/,
  ],
  [
    'a view whose source is a path',
    loosely(featureView, { name: 'v', source: 'x' }),
    /"source" must be what fileSource\(\), .* found "x"/,
  ],
  [
    'a view with "@"',
    loosely(featureView, { name: 'v@1', source: stats }),
    /feature view "v@1": the name must not hold "@" or ":"/,
  ],
  ['a view with ":"', loosely(featureView, { name: 'v:1', source: stats }), /must not hold "@" or ":"/],
  [
    'a view whose ttl is none',
    loosely(featureView, { name: 'v', source: stats, ttl: '1 day' }),
    /"ttl" must be a duration/,
  ],
  [
    'entities by name',
    loosely(featureView, { name: 'v', source: stats, entities: ['driver'] }),
    /"entities" must be a list of what entity\(\) returns, found \["driver"\]/,
  ],
  [
    'a shared join key',
    loosely(featureView, {
      name: 'v',
      source: stats,
      entities: [driver, entity({ name: 'd2', joinKey: 'driver_id' })],
    }),
    /entities "driver" and "d2" share the join key "driver_id"/,
  ],
  [
    'a join key of another type',
    loosely(featureView, {
      name: 'v',
      source: stats,
      entities: [driver],
      schema: [field('driver_id', 'String')],
    }),
    /join key "driver_id" is declared as String, but entity "driver" is Int64/,
  ],
  [
    'a feature that the source renames',
    loosely(featureView, { name: 'v', source: stats, schema: [field('raw', 'Int64')] }),
    /the source maps column "raw" to "cooked"/,
  ],
  [
    'a feature twice',
    loosely(featureView, { name: 'v', source: stats, schema: [field('a', 'Int64'), field('a', 'Int64')] }),
    /the schema holds "a" twice/,
  ],
  ['a selection of nothing', loosely(select, view, []), /must be a list of names, at least one/],
  [
    'a selection of an unknown feature',
    loosely(select, view, ['trip']),
    /the view has no feature "trip"\. Did you mean "trips"\?/,
  ],
  ['a selection of a name', loosely(select, 'stats'), /takes what featureView\(\) returns first/],
  [
    'a service of names',
    loosely(featureService, { name: 's', features: ['stats'] }),
    /"features" must be a list of what featureView\(\) or select\(\) returns/,
  ],
  ['a push source without a batch source', loosely(pushSource, { name: 'p' }), /"batchSource" is missing/],
  [
    'a Kafka source without a batch source',
    loosely(kafkaSource, { ...KAFKA, batchSource: undefined }),
    /Kafka source "k": option "batchSource" is missing/,
  ],
  [
    'a Kafka source without a format',
    loosely(kafkaSource, { ...KAFKA, messageFormat: undefined }),
    /"messageFormat" is missing/,
  ],
  [
    'a Kinesis source over a push source',
    loosely(kinesisSource, {
      name: 'k',
      region: 'r',
      streamName: 's',
      recordFormat: { type: 'json', schema: '' },
      batchSource: pushSource({ name: 'p', batchSource: stats }),
    }),
    /"batchSource" must be a source of rows/,
  ],
  [
    'a format of another type',
    loosely(kafkaSource, { ...KAFKA, messageFormat: { type: 'xml', schema: '' } }),
    /"messageFormat" must be \{ type: "json" or "avro", schema \}/,
  ],
  [
    'one column for both times',
    loosely(bigQuerySource, { table: 't', timestampField: 'a', createdTimestampColumn: 'a' }),
    /are both "a"; they must be two columns/,
  ],
  ['a table source of nothing', loosely(trinoSource, { name: 't' }), /needs a table or a query/],
  ['a query without a name', loosely(redshiftSource, { query: 'SELECT 1' }), /needs a name/],
  [
    'a table and a query',
    loosely(snowflakeSource, { table: 't', query: 'q' }),
    /has both a table and a query/,
  ],
  ['a path without a format', loosely(sparkSource, { name: 's', path: 'p' }), /a path needs a fileFormat/],
  [
    'a custom source of no class',
    loosely(customSource, { name: 'c', classType: 'Mine' }),
    /the path of a Python class/,
  ],
  [
    'a stream view of a file',
    loosely(streamFeatureView, { name: 's', source: stats }),
    /"source" must be what kafkaSource\(\)/,
  ],
  [
    'aggregations without a time',
    loosely(streamFeatureView, { ...STREAM, timestampField: undefined }),
    /aggregations need timestampField/,
  ],
  [
    'tiles as long as the window',
    loosely(streamFeatureView, { ...STREAM, enableTiling: true, tilingHopSize: '1h' }),
    /tilingHopSize must be smaller/,
  ],
  ['an on-demand view with ":"', loosely(onDemandFeatureView, { ...ON_DEMAND, name: 'a:b' }), /"@" or ":"/],
  [
    'an on-demand view without sources',
    loosely(onDemandFeatureView, { ...ON_DEMAND, sources: [] }),
    /needs a source/,
  ],
  [
    'an on-demand view without a function',
    loosely(onDemandFeatureView, { ...ON_DEMAND, transformation: undefined }),
    /needs a transformation/,
  ],
  [
    'a function that is nowhere',
    loosely(onDemandFeatureView, { ...ON_DEMAND, transformation: { function: 'f' } }),
    /where is function "f"\?/,
  ],
  [
    'a function name that Python cannot read',
    loosely(onDemandFeatureView, { ...ON_DEMAND, transformation: { function: '$f', module: 't.ts' } }),
    /"\$f" is no function name/,
  ],
  [
    'a mode that Python cannot read',
    loosely(onDemandFeatureView, { ...ON_DEMAND, mode: 'sql' }),
    /"mode" must be one of python, pandas/,
  ],
  [
    'singleton in pandas',
    loosely(onDemandFeatureView, { ...ON_DEMAND, mode: 'pandas', singleton: true }),
    /singleton needs mode "python"/,
  ],
  [
    'two sources of a name',
    loosely(onDemandFeatureView, { ...ON_DEMAND, sources: [REQUEST, REQUEST] }),
    /two of its sources are named "r"/,
  ],
  ['a permission without a policy', loosely(permission, { name: 'p' }), /"policy" is missing/],
  [
    'a permission for everybody',
    loosely(permission, { name: 'p', policy: { type: 'allow_all' } }),
    /"policy" must be \{ type \} of roles, groups/,
  ],
  [
    'a permission for an unknown type',
    loosely(permission, { name: 'p', types: ['VIEW'], policy: { type: 'roles', roles: ['r'] } }),
    /"types" must be a list of FEATURE_VIEW/,
  ],
  [
    'a dataset without a place',
    loosely(savedDataset, { name: 'd', features: ['a:b'], joinKeys: ['k'], storage: { type: 'file' } }),
    /"storage" must be/,
  ],
  [
    'a profiler that is no path',
    loosely(validationReference, { name: 'v', dataset: 'd', profiler: 'os;rm' }),
    /the path of a Python function/,
  ],
  [
    'logging to nowhere',
    loosely(featureService, { name: 's', features: [], logging: { destination: { type: 'tape' } } }),
    /"logging" must be/,
  ],
  [
    'a project name with a space',
    loosely(project, { name: 'my project' }),
    /project "my project": a project name holds letters/,
  ],
  ['a project name that starts with "_"', loosely(project, { name: '_p' }), /project "_p"/],
];

for (const [what, make, message] of REFUSED) {
  test(`refused: ${what}`, (t) => {
    const error = t.throws(make);
    t.true(isCodedError(error, 'DEFINITION_INVALID'), String(error));
    t.regex(String(error?.message), message);
  });
}
