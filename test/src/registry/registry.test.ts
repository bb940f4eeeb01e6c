import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sectionOf } from '../../../src/config/section.js';
import { openFileRegistry } from '../../../src/registry/file-registry.js';
import {
  materializedIntervals,
  openRegistry,
  recordMaterialization,
  removeProject,
} from '../../../src/registry/index.js';
import { isCodedError } from '../../../src/shared/errors.js';
import { putEntity } from '../../contracts/registry.js';
import { registryIn } from '../../helpers/apply-repository.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';

const at = (time: string) => new Date(`2026-11-01T${time}Z`);

test('definitions that Python registered are read as definitions', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden', 'registry_applied.pb'), join(folder, 'registry.db'));
  const registry = await registryIn(folder);

  t.like(await registry.get('entity', 'demo', 'driver'), { joinKey: 'driver_id', valueType: 'Int64' });
  t.is((await registry.get('entity', 'demo', '__dummy')).valueType, undefined);
  const view = await registry.get('feature_view', 'demo', 'driver_hourly_stats');
  t.like(view, {
    ttl: 7_200_000,
    online: true,
    enabled: true,
    entities: ['driver'],
    streamSource: undefined,
  });
  t.deepEqual(view.features.at(-1), { name: 'vec', dtype: 'Array(Float32)', description: '', tags: {} });
  t.like(view.source, { kind: 'file_source', path: 'data/stats.parquet', createdTimestampColumn: 'created' });
  t.like((await registry.get('feature_view', 'demo', 'driver_fresh')).streamSource, {
    kind: 'push_source',
    batchSource: { kind: 'file_source', path: 'data/stats.parquet' },
  });
  t.like(await registry.get('data_source', 'demo', 'driver_kafka'), {
    kind: 'kafka_source',
    bootstrapServers: 'broker:9092',
    watermarkDelayThreshold: 300_000,
  });
  const service = await registry.get('feature_service', 'demo', 'driver_activity_v2');
  t.deepEqual(
    service.projections.map((p) => [p.viewName, p.alias]),
    [
      ['driver_hourly_stats', 'renamed'],
      ['transformed', ''],
    ],
  );
  t.is((await registry.list('project', ''))[0]?.description, 'golden project');
  t.is((await registry.list('feature_view', 'demo')).length, 6);
  t.is((await registry.list('feature_view', 'other')).length, 0);
});

test('what is not registered is named with the nearest that is', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden', 'registry_applied.pb'), join(folder, 'registry.db'));
  const registry = await registryIn(folder);
  for (const [kind, code] of [
    ['feature_view', 'FEATURE_VIEW_NOT_FOUND'],
    ['feature_service', 'FEATURE_SERVICE_NOT_FOUND'],
    ['entity', 'ENTITY_NOT_FOUND'],
    ['data_source', 'DATA_SOURCE_NOT_FOUND'],
    ['project', 'PROJECT_NOT_FOUND'],
  ] as const) {
    const error = await t.throwsAsync(registry.get(kind, 'demo', 'nothing'));
    t.true(isCodedError(error, code), String(error));
  }
  await t.throwsAsync(registry.get('feature_view', 'demo', 'route_delay'), {
    message: 'project "demo" has no feature view "route_delay". Did you mean "route_delays"?',
  });
});

test('a view with a transformation cannot be mistaken for one whose source holds its features', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden', 'registry_applied.pb'), join(folder, 'registry.db'));
  const registry = await registryIn(folder);
  await registry.change((draft) => {
    const transformation = draft.onDemandFeatureViews[0]!.spec!.featureTransformation;
    draft.featureViews[0]!.spec!.featureTransformation = transformation!;
  });
  t.like((await registry.get('feature_view', 'demo', 'driver_hourly_stats')).source, {
    kind: 'opaque_source',
    sourceType: 'a feature view with a transformation',
  });
});

test('reading makes no file; cached contents follow the file, and a change always starts from it', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'registry.db');
  const registry = await registryIn(folder);
  t.deepEqual(await registry.list('entity', 'demo'), []);
  t.false(existsSync(path));
  t.false(existsSync(`${path}.lock`));

  const other = openFileRegistry(path);
  await other.change(putEntity('theirs'));
  t.deepEqual(
    (await registry.list('entity', 'demo')).map((e) => e.name),
    ['theirs'],
  );
  t.is(await registry.contents(), await registry.contents(), 'unchanged, it is not read again');

  const blind = await registryIn(folder, { cache_mode: 'thread', cache_ttl_seconds: 0 });
  t.is((await blind.list('entity', 'demo')).length, 1);
  await other.change(putEntity('more'));
  t.is((await blind.list('entity', 'demo')).length, 1, 'a ttl of 0 never expires');
  await blind.change(putEntity('ours'));
  t.deepEqual(
    (await blind.list('entity', 'demo')).map((e) => e.name),
    ['theirs', 'more', 'ours'],
  );
});

test('configuration is refused where nothing reads it', async (t) => {
  const open = (values: Record<string, unknown>, type = 'file') =>
    openRegistry({ type, section: sectionOf(values, 'registry') }, '/nowhere');
  await t.throwsAsync(open({ pth: 'x' }), { message: /registry\.pth: unknown key\. Did you mean "path"\?/ });
  await t.throwsAsync(open({}), { message: /registry\.path: missing/ });
  await t.throwsAsync(open({ path: 'x', cache_ttl_seconds: 'soon' }), {
    message: /registry\.cache_ttl_seconds/,
  });
  await t.throwsAsync(open({ path: 'hdfs://host/key' }), {
    code: 'CONFIG_UNSUPPORTED',
    message: /registry\.path: hdfs:\/\/…: this version keeps registries in file, s3, gs, az, not in hdfs/,
  });
  await t.throwsAsync(open({ path: 'https://account.blob.core.windows.net/c/k?sig=secret' }), {
    code: 'CONFIG_UNSUPPORTED',
    message:
      /^configuration: registry\.path: https:\/\/…: a URL needs "registry_store_type: AzureRegistryStore"$/,
  });
  await t.throwsAsync(open({ path: 's3://bucket' }), {
    code: 'CONFIG_INVALID_VALUE',
    message: /expected s3:\/\//,
  });
  await t.throwsAsync(open({ path: 'gs://bucket/folder/' }), { code: 'CONFIG_INVALID_VALUE' });
  await t.throwsAsync(open({ path: 'x', registry_store_type: 'S3Store' }), { code: 'CONFIG_INVALID_VALUE' });
  await t.throwsAsync(open({ path: 'x' }, 'remote'), { message: /no registry of type "remote"/ });
});

test('materialized intervals are merged, kept to the microsecond, and recorded once', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden', 'registry_materialized.pb'), join(folder, 'registry.db'));
  const registry = await registryIn(folder);
  const record = (view: string, start: string, end: string) =>
    registry.change((draft) =>
      recordMaterialization(draft, 'demo', view, { start: at(start), end: at(end) }, 1_793_000_000_000_001n),
    );
  const intervals = async (view: string) => materializedIntervals(await registry.contents(), 'demo', view);

  t.deepEqual(await intervals('driver_hourly_stats'), [
    { start: at('11:00:00'), end: new Date('2026-11-02T00:00:00Z') },
  ]);
  t.false((await record('driver_hourly_stats', '12:30:00', '13:30:00')).written, 'covered by two that touch');
  t.true((await record('route_delays', '13:00:00', '14:00:00')).written);
  t.false((await record('route_delays', '13:00:00', '14:00:00')).written);
  t.true((await record('route_delays', '09:00:00.001', '10:00:00')).written);
  t.deepEqual(await intervals('route_delays'), [
    { start: at('09:00:00.001'), end: at('10:00:00') },
    { start: at('11:00:00'), end: at('14:00:00') },
  ]);
  const error = await t.throwsAsync(record('route_delay', '09:00:00', '10:00:00'));
  t.true(isCodedError(error, 'FEATURE_VIEW_NOT_FOUND'));

  await registry.change((draft) => {
    const interval = draft.featureViews.find((v) => v.spec?.name === 'global_stats')!.meta!
      .materializationIntervals![0]!;
    interval.startTime!.nanos = 123_456_000;
    interval.endTime!.nanos = 123_456_000;
  });
  t.deepEqual(await intervals('global_stats'), [{ start: at('11:00:00.124'), end: at('13:00:00.123') }]);
  await record('global_stats', '12:00:00', '15:00:00');
  const view = (await registry.contents()).featureViews.find((v) => v.spec?.name === 'global_stats')!;
  t.is(view.meta!.materializationIntervals!.length, 1);
  t.is(view.meta!.materializationIntervals![0]!.startTime!.nanos, 123_456_000);
});

test('a view that a crash left MATERIALIZING becomes available with the next record', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden', 'registry_materialized.pb'), join(folder, 'registry.db'));
  const registry = await registryIn(folder);
  const view = async () =>
    (await registry.contents()).featureViews.find((v) => v.spec?.name === 'route_delays')!;
  await registry.change((draft) => {
    draft.featureViews.find((v) => v.spec?.name === 'route_delays')!.meta!.state = 3;
  });
  const covered = { start: at('11:30:00'), end: at('12:00:00') };
  await registry.change((draft) => recordMaterialization(draft, 'demo', 'route_delays', covered, 1n));
  t.is((await view()).meta!.state, 4);
});

test('a project is taken out with all that is its own', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden', 'registry_applied.pb'), join(folder, 'registry.db'));
  const registry = await registryIn(folder);
  await registry.change((draft) => {
    removeProject(draft, 'demo');
    putEntity('of demo again')(draft);
    removeProject(draft, 'other');
  });
  const contents = await registry.contents();
  t.is(contents.entities.length, 1);
  t.is(contents.featureViews.length + contents.projects.length + contents.onDemandFeatureViews.length, 0);
  t.deepEqual(contents.featureViewVersionHistory?.records, []);
});

test('a registry that is written over while cached is read again', async (t) => {
  const folder = temporaryFolder(t);
  const registry = await registryIn(folder);
  await registry.change(putEntity('driver'));
  t.is((await registry.list('entity', 'demo')).length, 1);
  writeFileSync(join(folder, 'registry.db'), 'rubbish');
  t.true(isCodedError(await t.throwsAsync(registry.list('entity', 'demo')), 'REGISTRY_CORRUPT'));
});
