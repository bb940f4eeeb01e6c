import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { formatPlan } from '../../../src/apply/index.js';
import { feast, toJson } from '../../../src/codec/index.js';
import { recordMaterialization } from '../../../src/registry/index.js';
import { applyFolder, registryFile, registryIn } from '../../helpers/apply-repository.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';
import { tableStore } from '../../helpers/table-store.js';

type Named = Record<string, unknown> & { name?: string; spec?: { name: string } };

function goldenFolder(t: ExecutionContext): string {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden_repo'), folder, { recursive: true });
  return folder;
}

async function goldenRepository(t: ExecutionContext) {
  const folder = goldenFolder(t);
  const onlineStore = tableStore(join(folder, 'online.db'));
  return { folder, registry: await registryIn(folder), onlineStore };
}

/** Objects by name, without times and without functions that Python pickled. */
function comparable(objects: Named[]): Record<string, unknown> {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([key]) => key !== 'meta' && key !== 'body');
    return Object.fromEntries(entries.map(([key, part]) => [key, strip(part)]));
  };
  return Object.fromEntries(objects.map((object) => [object.spec?.name ?? object.name, strip(object)]));
}

const versionText = (record: Named) =>
  [record.feature_view_name, record.feature_view_type, record.version_number].join(' ');

const golden = JSON.parse(readFileSync(fixturePath('golden', 'registry_applied.json'), 'utf8'));

test('the golden repository is registered as Feast registers it', async (t) => {
  const repository = await goldenRepository(t);
  await applyFolder(repository);
  const ours = toJson(feast.core.Registry, await repository.registry.contents()) as unknown as typeof golden;

  t.deepEqual(comparable(ours.entities), comparable(golden.entities));
  t.deepEqual(comparable(ours.feature_views), comparable(golden.feature_views));
  t.deepEqual(comparable(ours.projects), comparable(golden.projects));
  t.deepEqual(comparable(ours.data_sources), comparable(golden.data_sources));
  t.deepEqual(comparable(ours.on_demand_feature_views), comparable(golden.on_demand_feature_views));
  t.deepEqual(comparable(ours.feature_services), comparable(golden.feature_services));

  const records = ours.feature_view_version_history.records;
  t.deepEqual(
    records.map(versionText).sort(),
    golden.feature_view_version_history.records.map(versionText).sort(),
  );
  for (const record of records) {
    const bytes = Buffer.from(record.feature_view_proto, 'base64');
    const isOnDemand = record.feature_view_type === 'on_demand_feature_view';
    const view = isOnDemand
      ? toJson(feast.core.OnDemandFeatureView, feast.core.OnDemandFeatureView.decode(bytes))
      : toJson(feast.core.FeatureView, feast.core.FeatureView.decode(bytes));
    const views = isOnDemand ? ours.on_demand_feature_views : ours.feature_views;
    const registered = views.find((v: Named) => v.spec?.name === record.feature_view_name);
    t.deepEqual(view, registered, 'a version holds the view as it was registered');
  }
  t.is(ours.registry_schema_version, '1');
});

test('what is created is printed as Feast prints it, and again nothing is', async (t) => {
  const repository = await goldenRepository(t);
  t.deepEqual(formatPlan(await applyFolder(repository)), [
    'Created project demo',
    'Created entity destination',
    'Created entity driver',
    'Created entity origin',
    'Created feature view driver_fresh',
    'Created feature view driver_hourly_stats',
    'Created feature view global_stats',
    'Created feature view inferred_stats',
    'Created feature view offline_only',
    'Created feature view route_delays',
    'Created on demand feature view transformed',
    'Created feature service driver_activity_v1',
    'Created feature service driver_activity_v2',
    'Created sqlite table demo_driver_fresh',
    'Created sqlite table demo_driver_hourly_stats',
    'Created sqlite table demo_global_stats',
    'Created sqlite table demo_inferred_stats',
    'Created sqlite table demo_route_delays',
  ]);
  t.is(repository.onlineStore.tables().length, 5);

  const before = readFileSync(registryFile(repository.folder));
  const again = await applyFolder(repository);
  t.deepEqual(formatPlan(again), ['No changes to registry', 'No changes to infrastructure']);
  t.deepEqual(readFileSync(registryFile(repository.folder)), before, 'nothing was written');
});

test('a materialization is no change of the definitions', async (t) => {
  const repository = await goldenRepository(t);
  await applyFolder(repository);
  const interval = { start: new Date('2026-11-01T11:00:00Z'), end: new Date('2026-11-01T13:00:00Z') };
  await repository.registry.change((draft) =>
    recordMaterialization(draft, 'demo', 'driver_hourly_stats', interval, 1_793_000_000_000_000n),
  );
  const plan = await applyFolder(repository);
  t.deepEqual(formatPlan(plan), ['No changes to registry', 'No changes to infrastructure']);
});

for (const name of ['registry_applied', 'registry_materialized']) {
  test(`${name}: applying over what Python registered changes nothing, not even times`, async (t) => {
    const repository = await goldenRepository(t);
    cpSync(fixturePath('golden', `${name}.pb`), registryFile(repository.folder));
    const expected = JSON.parse(readFileSync(fixturePath('golden', `${name}.json`), 'utf8'));

    const plan = await applyFolder(repository);
    t.deepEqual(plan.changes, []);
    t.deepEqual(plan.infra, []);

    const now = toJson(feast.core.Registry, await repository.registry.contents()) as unknown as typeof golden;
    t.deepEqual(now, expected);
  });
}

test('a repository without definitions removes what can be declared, and keeps what cannot', async (t) => {
  const repository = await goldenRepository(t);
  cpSync(fixturePath('golden', 'registry_materialized.pb'), registryFile(repository.folder));
  rmSync(join(repository.folder, 'definitions.ts'));
  const plan = await applyFolder(repository);
  const contents = await repository.registry.contents();

  t.deepEqual(
    contents.onDemandFeatureViews.map((view) => view.spec?.name),
    ['transformed'],
  );
  // the on-demand view is built on this one, and service v2 serves them both
  t.deepEqual(
    contents.featureViews.map((view) => view.spec?.name),
    ['driver_hourly_stats'],
  );
  t.deepEqual(
    contents.featureServices.map((service) => service.spec?.name),
    ['driver_activity_v2'],
  );
  t.deepEqual(contents.dataSources.map((source) => source.name).sort(), [
    'driver_stats_source',
    'vals_to_add',
  ]);
  t.deepEqual(contents.entities.map((entity) => entity.spec?.name).sort(), ['__dummy', 'driver']);
  t.true(
    formatPlan(plan).some((line) => line.startsWith('Kept feature view driver_hourly_stats')),
    formatPlan(plan).join('\n'),
  );
});
