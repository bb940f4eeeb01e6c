import { readFileSync } from 'node:fs';
import test from 'ava';
import {
  decodeDataSource,
  decodeFeatureView,
  encodeDataSource,
  encodeEntity,
  encodeFeatureService,
  encodeFeatureView,
  feast,
  microsOf,
  timestampOf,
} from '../../../src/codec/index.js';
import {
  entity,
  FEAST_TYPES,
  type FeatureView,
  type FileSource,
  featureService,
  featureView,
  field,
  fileSource,
} from '../../../src/definitions/index.js';
import { fixturePath } from '../../helpers/fixtures.js';

const { core } = feast;
const golden = core.Registry.decode(readFileSync(fixturePath('golden', 'registry_materialized.pb')));
const NOW = 1_793_000_000_123_456n;

const stats = fileSource({ name: 'stats', path: 's.parquet', timestampField: 'ts' });
const encodedStats = encodeDataSource(stats, 'demo', undefined, NOW);

test('times are kept to the microsecond, also before 1970', (t) => {
  for (const micros of [0n, 1n, -1n, 999_999n, -1_000_001n, NOW]) t.is(microsOf(timestampOf(micros)), micros);
  const made = encodeEntity(entity({ name: 'e' }), 'demo', undefined, NOW);
  t.is(microsOf(made.meta!.createdTimestamp!), NOW);
  const again = encodeEntity(entity({ name: 'e', owner: 'me' }), 'demo', made, NOW + 5n);
  t.is(microsOf(again.meta!.createdTimestamp!), NOW);
  t.is(microsOf(again.meta!.lastUpdatedTimestamp!), NOW + 5n);
  t.is(made.spec!.owner, '', 'what was registered is not touched');
});

test('every Feast type goes there and back', (t) => {
  const view = featureView({
    name: 'v',
    source: stats,
    schema: FEAST_TYPES.map((type, index) => field(`f${index}`, type)),
  });
  const again = decodeFeatureView(encodeFeatureView(view, 'demo', encodedStats, undefined, NOW));
  t.deepEqual(again.features, view.features);
});

test('CSV is told by the path, or else remembered', (t) => {
  const roundTrip = (source: FileSource) =>
    decodeDataSource(encodeDataSource(source, 'demo', undefined, NOW));
  for (const source of [
    fileSource({ path: 'a.csv' }),
    fileSource({ path: 'folder', format: 'csv', tags: { a: 'b' } }),
    fileSource({ path: 'odd.csv', format: 'parquet' }),
    stats,
  ]) {
    t.deepEqual(roundTrip(source), source);
  }
  t.deepEqual(encodedStats.tags, {});
  t.falsy(encodedStats.fileOptions!.fileFormat);
});

test('what a definition cannot say is kept when it is encoded over what is registered', (t) => {
  const source = encodeDataSource(stats, 'demo', undefined, NOW);
  source.fileOptions!.s3EndpointOverride = 'http://localhost';
  t.is(encodeDataSource(stats, 'demo', source, NOW).fileOptions!.s3EndpointOverride, 'http://localhost');

  const view = featureView({
    name: 'v',
    source: stats,
    schema: [field('vec', 'Array(Float32)'), field('person', 'Struct'), field('gone', 'Int64')],
  });
  const registered = encodeFeatureView(view, 'demo', encodedStats, undefined, NOW);
  Object.assign(registered.spec!, { org: 'ads', mode: 'python', enableValidation: true, version: 'v3' });
  Object.assign(registered.spec!.features![0]!, { vectorIndex: true, vectorLength: 3 });
  registered.spec!.features![1]!.tags = { 'feast:struct_schema': '{"a": "INT64"}', mine: 'x' };
  registered.meta!.state = 4;
  const changed: FeatureView = featureView({
    name: 'v',
    source: stats,
    schema: [
      field('person', 'Struct', { tags: { mine: 'y' } }),
      field('vec', 'Array(Float32)', { description: 'd' }),
    ],
  });
  const { spec, meta } = encodeFeatureView(changed, 'demo', encodedStats, registered, NOW);
  t.like(spec, { org: 'ads', mode: 'python', enableValidation: true, version: 'v3' });
  t.deepEqual(
    spec!.features!.map((f) => f.name),
    ['person', 'vec'],
  );
  t.deepEqual(spec!.features![0]!.tags, { 'feast:struct_schema': '{"a": "INT64"}', mine: 'y' });
  t.like(spec!.features![1], { vectorIndex: true, vectorLength: 3, description: 'd' });
  t.is(meta!.state, 4);

  const service = featureService({ name: 's', features: [view] });
  const registeredService = encodeFeatureService(service, 'demo', () => registered, undefined, NOW);
  // a destination that cannot be declared here
  registeredService.spec!.loggingConfig = new core.LoggingConfig({
    sampleRate: 0.5,
    customDestination: new core.LoggingConfig.CustomDestination({ kind: 'mine' }),
  });
  const again = encodeFeatureService(service, 'demo', () => registered, registeredService, NOW);
  t.is(again.spec!.loggingConfig!.sampleRate, 0.5);
});

test('sources of other types are carried as they are', (t) => {
  const known = golden.dataSources.find((source) => source.name === 'driver_kafka') as feast.core.DataSource;
  // a format that a newer Feast may have added
  const kafka = core.DataSource.decode(core.DataSource.encode(known).finish());
  kafka.kafkaOptions!.messageFormat = core.StreamFormat.create({});
  const source = decodeDataSource(kafka);
  t.like(source, { kind: 'opaque_source', sourceType: 'KafkaSource', timestampField: 'event_timestamp' });
  t.true(
    source.kind === 'opaque_source' &&
      Buffer.from(core.DataSource.encode(kafka).finish()).equals(source.proto),
  );
  t.deepEqual(encodeDataSource(source, 'demo', undefined, NOW), kafka);
  const delta = encodeDataSource(stats, 'demo', undefined, NOW);
  delta.fileOptions!.fileFormat = core.FileFormat.create({ deltaFormat: {} });
  t.like(decodeDataSource(delta), { kind: 'opaque_source', sourceType: 'FileSource in Delta format' });
});
