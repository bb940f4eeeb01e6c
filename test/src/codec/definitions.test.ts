import { readFileSync } from 'node:fs';
import test from 'ava';
import {
  decodeDataSource,
  decodeEntity,
  decodeFeatureService,
  decodeFeatureView,
  decodeProject,
  encodeDataSource,
  encodeEntity,
  encodeFeatureService,
  encodeFeatureView,
  encodeProject,
  feast,
  microsOf,
  timestampOf,
  toJson,
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

test('what Python registered, decoded and encoded anew, is the same spec', (t) => {
  for (const proto of golden.entities as feast.core.Entity[]) {
    const again = encodeEntity(decodeEntity(proto), 'demo', undefined, NOW);
    t.deepEqual(toJson(core.EntitySpecV2, again.spec!), toJson(core.EntitySpecV2, proto.spec!));
  }
  for (const proto of golden.projects as feast.core.Project[]) {
    const again = encodeProject(decodeProject(proto), undefined, NOW);
    t.deepEqual(toJson(core.ProjectSpec, again.spec!), toJson(core.ProjectSpec, proto.spec!));
  }
  const sources = new Map<string, feast.core.DataSource>();
  for (const proto of golden.dataSources as feast.core.DataSource[]) {
    const source = decodeDataSource(proto);
    if (source.kind !== 'file_source') continue;
    sources.set(source.name, proto);
    const again = encodeDataSource(source, 'demo', undefined, NOW);
    again.meta = proto.meta ?? null;
    t.deepEqual(toJson(core.DataSource, again), toJson(core.DataSource, proto));
  }
  t.is(sources.size, 2);
  const views = new Map<string, feast.core.FeatureView>();
  for (const proto of golden.featureViews as feast.core.FeatureView[]) {
    const view = decodeFeatureView(proto);
    views.set(view.name, proto);
    const again = encodeFeatureView(view, 'demo', sources.get(view.source.name)!, undefined, NOW);
    const expected = toJson(core.FeatureViewSpec, proto.spec!);
    delete expected.stream_source;
    t.deepEqual(toJson(core.FeatureViewSpec, again.spec!), expected);
  }
  const proto = golden.featureServices[0] as feast.core.FeatureService;
  const again = encodeFeatureService(
    decodeFeatureService(proto),
    'demo',
    (n) => views.get(n)!,
    undefined,
    NOW,
  );
  t.deepEqual(toJson(core.FeatureServiceSpec, again.spec!), toJson(core.FeatureServiceSpec, proto.spec!));
});

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
  registeredService.spec!.loggingConfig = new core.LoggingConfig({ sampleRate: 0.5 });
  const again = encodeFeatureService(service, 'demo', () => registered, registeredService, NOW);
  t.is(again.spec!.loggingConfig!.sampleRate, 0.5);
});

test('sources of other types are carried as they are', (t) => {
  const kafka = golden.dataSources.find((source) => source.name === 'driver_kafka') as feast.core.DataSource;
  const source = decodeDataSource(kafka);
  t.like(source, { kind: 'opaque_source', sourceType: 'KafkaSource', timestampField: 'event_timestamp' });
  t.true(
    source.kind === 'opaque_source' &&
      Buffer.from(core.DataSource.encode(kafka).finish()).equals(source.proto),
  );
  const delta = encodeDataSource(stats, 'demo', undefined, NOW);
  delta.fileOptions!.fileFormat = core.FileFormat.create({ deltaFormat: {} });
  t.like(decodeDataSource(delta), { kind: 'opaque_source', sourceType: 'FileSource in Delta format' });
});
