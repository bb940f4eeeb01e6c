import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { writeRows } from '../../helpers/duckdb-files.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';
import { runCommand } from '../../helpers/run-command.js';

async function everyKind(t: ExecutionContext) {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('every_kind_repo'), folder, { recursive: true });
  const row = `SELECT 1::BIGINT AS shop_id, TIMESTAMPTZ '2026-11-01' AS sold_at, TIMESTAMPTZ '2026-11-01' AS stored_at,
    1.5::DOUBLE AS amount, true AS is_good, 'ann' AS labeler`;
  await writeRows(join(folder, 'data/sales.parquet'), row);
  return { folder, feast: (...args: string[]) => runCommand('feast', args, folder) };
}

test('every kind is listed and described, by tags and as JSON too; versions, features, history and verify', async (t) => {
  const { feast } = await everyKind(t);
  t.is((await feast('apply')).code, 0);
  const lists: Record<string, RegExp> = {
    'on-demand-feature-views': /^NAME\ntaxed_sales$/,
    'stream-feature-views': /^NAME\nrecent_sales$/,
    'label-views': /^NAME +ENTITIES +CONFLICT_POLICY\nquality +shop +majority_vote$/,
    'saved-datasets': /^NAME\nnovember\nin_bigquery$/,
    'validation-references': /^NAME\nlike_november$/,
    permissions:
      /readers +FeatureView, OnDemandFeatureView, LabelView +sales_\.\* +DESCRIBE, READ_ONLINE +analyst, reader +tier:gold/,
    'feature-views':
      /^NAME +ENTITIES +TYPE +ENABLED +STATE\ndoubled_sales +shop +BatchFeatureView +Yes +STATE_UNSPECIFIED/,
    'data-sources': /SALES_HISTORY +SnowflakeSource/,
    features: /^Feature +Feature View +Data Type\namount +doubled_sales +Float64/,
  };
  for (const [command, expected] of Object.entries(lists)) {
    t.regex((await feast(command, 'list')).stdout.trimEnd(), expected, command);
  }
  t.is((await feast('saved-datasets', 'list', '--tags', 'month:11')).stdout, 'NAME\nnovember\n');
  t.regex(
    (await feast('on-demand-feature-views', 'describe', 'taxed_sales')).stdout,
    /featureViewProjection:/,
  );
  t.regex(
    (await feast('feature-views', 'describe', 'sales_view')).stdout,
    /^enabled: true\nstate: STATE_UNSPECIFIED$/m,
  );
  t.regex((await feast('label-views', 'describe', 'quality')).stdout, /conflictPolicy: MAJORITY_VOTE/);
  t.is(JSON.parse((await feast('features', 'describe', 'amount')).stdout).length, 2);
  t.regex((await feast('features', 'describe', 'amont')).stderr, /Did you mean "amount"\?/);

  t.regex(
    (await feast('feature-views', 'list-versions', 'sales_view')).stdout,
    /^VERSION .*\nv0 +feature_view /,
  );
  t.regex((await feast('feature-views', 'describe-version', 'sales_view', 'v0')).stdout, /name: sales_view/);
  t.regex((await feast('feature-views', 'describe-version', 'sales_view', 'v7')).stderr, /it has v0/);

  t.deepEqual(await feast('registry', 'verify'), {
    code: 0,
    stdout: 'Nothing wrong was found in the registry\n',
    stderr: '',
  });
  const history = JSON.parse((await feast('registry', 'history', '--json')).stdout);
  t.like(history[0], { project: 'every_kind', operation: 'apply', from: '' });
  t.regex(history[0].by, /.+@.+/);
});

test('an apply that loses data is refused without --allow-destructive, and marked in the plan', async (t) => {
  const { folder, feast } = await everyKind(t);
  await feast('apply');
  const file = join(folder, 'definitions.ts');
  const text = readFileSync(file, 'utf8').replace(
    "name: 'shop', joinKey: 'shop_id'",
    "name: 'shop', joinKey: 'store_id'",
  );
  writeFileSync(file, text.replaceAll("field('shop_id', 'Int64')", "field('store_id', 'Int64')"));
  const sales = `SELECT 1::BIGINT AS store_id, TIMESTAMPTZ '2026-11-01' AS sold_at, TIMESTAMPTZ '2026-11-01' AS stored_at,
    1.5::DOUBLE AS amount, true AS is_good, 'ann' AS labeler`;
  await writeRows(join(folder, 'data/sales.parquet'), sales);

  const plan = await feast('plan');
  t.regex(
    plan.stdout,
    /Updated feature view sales_view\n(\t.*\n)*\tdestructive: rows in the online store lie under other keys/,
  );
  const json = JSON.parse((await feast('plan', '--json')).stdout);
  t.true(json.destructive);
  t.true(
    json.changes.some(
      (one: { name: string; loss: string }) => one.name === 'sales_view' && /keys/.test(one.loss),
    ),
  );

  const before = readFileSync(join(folder, 'data/registry.db'));
  const refused = await feast('apply');
  t.is(refused.code, 1);
  t.regex(
    refused.stderr,
    /nothing was changed.*entity "shop".*feature view "sales_view".*--allow-destructive.*\[DESTRUCTIVE_CHANGE\]/,
  );
  t.deepEqual(readFileSync(join(folder, 'data/registry.db')), before);
  t.is((await feast('apply', '--allow-destructive')).code, 0);
  t.regex((await feast('plan')).stdout, /^No changes to registry/);
});

test('one object is deleted, when nothing is built on it and its loss is allowed', async (t) => {
  const { feast } = await everyKind(t);
  await feast('apply');
  t.regex(
    (await feast('delete', 'sales_view')).stderr,
    /is used by on demand feature view "taxed_sales", .*OBJECT_IN_USE/,
  );
  t.regex((await feast('delete', 'dashbord')).stderr, /Did you mean "dashboard"\?.*OBJECT_NOT_FOUND/);
  t.regex((await feast('delete', 'shop', '--kind', 'shop')).stderr, /expected one of entity/);
  t.is(
    (await feast('delete', 'dashboard', '--kind', 'feature-service')).stdout,
    'Deleted feature service dashboard\n',
  );
  t.regex(
    (await feast('delete', 'recent_sales')).stderr,
    /every_kind_recent_sales.*its rows are lost.*DESTRUCTIVE_CHANGE/,
  );
  t.is(
    (await feast('delete', 'recent_sales', '--allow-destructive')).stdout,
    'Deleted stream feature view recent_sales\nDeleted sqlite table every_kind_recent_sales\n\tdestructive: its rows are lost\n',
  );
  t.regex(
    (await feast('registry', 'history', '--limit', '1')).stdout,
    /delete +delete stream feature view recent_sales/,
  );
  t.regex((await feast('plan')).stdout, /Created stream feature view recent_sales/);
});
