import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { formatPlan } from '../../../src/apply/index.js';
import type { Definition } from '../../../src/definitions/index.js';
import {
  DEFINITION_KINDS,
  kindOf,
  nameOf,
  objectsOf,
  verifyRegistry,
  viewVersions,
} from '../../../src/registry/index.js';
import { collectContents, parseRepository } from '../../../src/repository/index.js';
import { applyFolder, registryFile, registryIn } from '../../helpers/apply-repository.js';
import { writeRows } from '../../helpers/duckdb-files.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';
import { tableStore } from '../../helpers/table-store.js';

const project = 'every_kind';

async function everyKind(t: ExecutionContext) {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('every_kind_repo'), folder, { recursive: true });
  const row = `SELECT 1::BIGINT AS shop_id, TIMESTAMPTZ '2026-11-01' AS sold_at, TIMESTAMPTZ '2026-11-01' AS stored_at,
    1.5::DOUBLE AS amount, true AS is_good, 'ann' AS labeler`;
  await writeRows(join(folder, 'data/sales.parquet'), row);
  return {
    folder,
    project,
    registry: await registryIn(folder),
    onlineStore: tableStore(join(folder, 'online.db')),
  };
}

test('every kind is applied, read back as it was declared, and applied again without a change', async (t) => {
  const repository = await everyKind(t);
  const plan = await applyFolder(repository);
  t.deepEqual(
    new Set(plan.changes.map(({ kind }) => kind)),
    new Set(DEFINITION_KINDS),
    'the fixture has something of every kind',
  );
  const { folder, registry } = repository;
  const contents = await registry.contents();
  t.deepEqual(verifyRegistry(contents, BigInt(Date.now()) * 1000n), []);

  const declared = await parseRepository(folder);
  const sources = await registry.list('data_source', project);
  t.is(new Set(sources.map(({ kind }) => kind)).size, 13, 'every type of source but the opaque one');
  for (const source of sources) {
    t.deepEqual(
      source,
      declared.sources.find(({ name }) => name === source.name),
    );
  }
  for (const kind of ['permission', 'saved_dataset', 'validation_reference'] as const) {
    const lists = {
      permission: 'permissions',
      saved_dataset: 'savedDatasets',
      validation_reference: 'validationReferences',
    } as const;
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    t.deepEqual<unknown, unknown>(
      (await registry.list(kind, project)).sort(byName),
      [...declared[lists[kind]]].sort(byName),
    );
  }
  const recent = await registry.get('stream_feature_view', project, 'recent_sales');
  const { entityObjects, ...expected } = declared.streamFeatureViews[0]!;
  t.is(entityObjects.length, 1);
  t.deepEqual<unknown, unknown>(
    { ...recent, entityObjects: undefined },
    { ...expected, entityObjects: undefined },
  );
  const taxed = await registry.get('on_demand_feature_view', project, 'taxed_sales');
  t.is(taxed.transformation?.location, 'transforms.ts#withTax');
  t.deepEqual(taxed.tags, { kind: 'derived' }, 'the place of the function is no tag of the user');
  const service = await registry.get('feature_service', project, 'dashboard');
  t.like(service.logging, { sampleRate: 0.5, destination: { type: 'file', path: 'logs' } });
  t.deepEqual(
    service.projections.map((part) => part.features?.map(({ name }) => name)),
    [['amount'], ['amount_with_tax'], ['sum_amount_3600s'], ['is_good', 'labeler']],
    'join keys are no features, of a stream view neither',
  );

  const before = readFileSync(registryFile(folder));
  t.deepEqual(formatPlan(await applyFolder(repository)), [
    'No changes to registry',
    'No changes to infrastructure',
  ]);
  t.deepEqual(readFileSync(registryFile(folder)), before, 'nothing was written');
});

test('what is gone is deleted, but what programs make; views go with their versions and tables', async (t) => {
  const repository = await everyKind(t);
  await applyFolder(repository);
  t.deepEqual(repository.onlineStore.tables(), [
    'every_kind_quality',
    'every_kind_recent_sales',
    'every_kind_sales_view',
  ]);
  rmSync(join(repository.folder, 'definitions.ts'));
  await applyFolder(repository);
  const contents = await repository.registry.contents();
  const left = DEFINITION_KINDS.flatMap((kind) =>
    (objectsOf(contents, kindOf(kind).collection, project) as object[]).map(
      (proto) => `${kind} ${nameOf(proto)}`,
    ),
  );
  t.deepEqual(left.sort(), [
    'entity __dummy',
    'project every_kind',
    'saved_dataset in_bigquery',
    'saved_dataset november',
    'validation_reference like_november',
  ]);
  t.deepEqual(viewVersions(contents, project), []);
  t.deepEqual(repository.onlineStore.tables(), []);
});

test('a changed function makes a version of a view, a changed tag does not', async (t) => {
  const repository = await everyKind(t);
  await applyFolder(repository);
  const file = join(repository.folder, 'definitions.ts');
  const change = async (from: string, to: string) => {
    const text = readFileSync(file, 'utf8');
    t.true(text.includes(from));
    writeFileSync(file, text.replace(from, to));
    return formatPlan(await applyFolder(repository));
  };
  t.regex(
    (await change("kind: 'derived'", "kind: 'computed'")).join('\n'),
    /Updated on demand feature view taxed_sales/,
  );
  t.regex((await change("function: 'withTax'", "function: 'withVat'")).join('\n'), /feature_transformation/);
  await change('* 2', '* 3');
  const contents = await repository.registry.contents();
  t.deepEqual(
    viewVersions(contents, project)
      .map(({ name, version }) => `${name} ${version}`)
      .sort(),
    [
      'doubled_sales v0',
      'doubled_sales v1',
      'quality v0',
      'recent_sales v0',
      'sales_view v0',
      'taxed_sales v0',
      'taxed_sales v1',
    ],
  );
});

test('definitions bring along what they are made of', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('every_kind_repo'), folder, { recursive: true });
  const { featureViews, onDemandFeatureViews } = await parseRepository(folder);
  const pushed = featureViews.find(({ name }) => name === 'sales_view')!;
  const contents = collectContents([pushed, ...onDemandFeatureViews] as Definition[]);
  t.deepEqual(contents.sources.map(({ name }) => name).sort(), ['pushed_sales', 'sales', 'tax']);
  t.deepEqual(
    contents.entities.map(({ name }) => name),
    ['shop', '__dummy'],
  );
});
