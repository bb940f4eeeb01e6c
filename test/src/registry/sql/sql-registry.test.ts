import { chmodSync, cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import Database from 'better-sqlite3';
import { feast, type Json, toJson } from '../../../../src/codec/index.js';
import { sectionOf } from '../../../../src/config/section.js';
import { nameOf } from '../../../../src/registry/index.js';
import { openConfiguredSqlRegistry } from '../../../../src/registry/sql/open-sql-registry.js';
import { registryContract } from '../../../contracts/registry.js';
import { fixturePath, readJsonFixture, temporaryFolder } from '../../../helpers/fixtures.js';
import { databaseUrl } from '../../../helpers/services.js';

const open = (path: string, folder = '/nowhere') =>
  openConfiguredSqlRegistry(sectionOf({ path }, 'registry'), folder).backend;

/** One place a test, as the contract asks for. */
function placed(make: (t: ExecutionContext) => Promise<string | undefined>) {
  const places = new WeakMap<object, Promise<string | undefined>>();
  return async (t: ExecutionContext) => {
    if (!places.has(t)) places.set(t, make(t));
    const url = await places.get(t);
    return url === undefined ? undefined : open(url);
  };
}

registryContract(
  test,
  'sqlite',
  placed(async (t) => `sqlite:///${join(temporaryFolder(t), 'not/yet', 'a.db')}`),
);
registryContract(
  test,
  'postgres',
  placed((t) => databaseUrl(t, 'postgres')),
);
registryContract(
  test,
  'mariadb',
  placed((t) => databaseUrl(t, 'mariadb')),
);

test('reading makes no SQLite file', async (t) => {
  const folder = temporaryFolder(t);
  const backend = open('sqlite:///data/registry.db', folder);
  t.is(await backend.load(), undefined);
  await backend.change(() => undefined);
  t.false(existsSync(join(folder, 'data')));
  await backend.close();
});

test("golden: every row of Feast's own SQLite registry is read", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'registry.sqlite');
  cpSync(fixturePath('golden', 'registry.sqlite'), file);
  chmodSync(file, 0o644);
  const bytes = readFileSync(file);
  const backend = open(`sqlite:///${file}`);
  const registry = (await backend.load())!;
  const expected = readJsonFixture<Record<string, Json[]>>('golden/registry_applied.json');
  const found = toJson(feast.core.Registry, registry) as Record<string, Json[]>;
  const lists = Object.keys(expected).filter((key) => Array.isArray(expected[key]));
  t.deepEqual(lists.sort(), [
    'data_sources',
    'entities',
    'feature_services',
    'feature_views',
    'on_demand_feature_views',
    'projects',
  ]);
  for (const list of lists) {
    t.deepEqual(comparable(found[list]!), comparable(expected[list]!), list);
  }
  t.is(registry.featureViewVersionHistory?.records?.length, 7);
  t.is(
    registry.featureViewVersionHistory?.records?.filter((r) => r.featureViewType === 'on_demand_feature_view')
      .length,
    1,
  );

  t.false((await backend.change(() => undefined)).written);
  t.deepEqual(readFileSync(file), bytes, 'looking changes nothing');
  await backend.change((draft) => {
    draft.entities.find((proto) => nameOf(proto) === 'driver')!.spec!.description = 'changed';
  });
  const after = (await backend.load())!;
  t.is(after.entities.find((proto) => nameOf(proto) === 'driver')!.spec!.description, 'changed');
  await backend.close();
  const changed = rowsOf(file);
  const before = rowsOf(fixturePath('golden', 'registry.sqlite'));
  t.deepEqual(
    [...changed]
      .filter(([key, row]) => before.get(key) !== row)
      .map(([key]) => key)
      .sort(),
    ['entities driver,demo', 'feast_metadata ,version_id', 'feast_metadata demo,last_updated_timestamp'],
  );
  t.deepEqual(
    [...before.keys()].filter((key) => !changed.has(key)),
    [],
  );
});

/**
 * By name, without what is other in Feast's two registries: times, Python's pickles of one function, and the class of
 * a source, which the SQL registry leaves out.
 */
function comparable(list: readonly Json[]): Json[] {
  const text = JSON.stringify(list, (key, value) =>
    ['meta', 'body', 'data_source_class_type'].includes(key) ? undefined : value,
  );
  const objects = JSON.parse(text) as { name?: string; spec?: { name: string } }[];
  const name = (object: (typeof objects)[number]) => object.spec?.name ?? object.name ?? '';
  return objects.sort((a, b) => (name(a) < name(b) ? -1 : 1)) as Json[];
}

/** All rows of all tables as text, by table and primary key. */
function rowsOf(file: string): Map<string, string> {
  const database = new Database(file, { readonly: true });
  const rows = new Map<string, string>();
  const tables = database
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`)
    .pluck()
    .all() as string[];
  for (const table of tables) {
    const keys = database
      .prepare(`SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk`)
      .pluck()
      .all(table);
    for (const row of database.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[]) {
      rows.set(`${table} ${(keys as string[]).map((key) => row[key])}`, JSON.stringify(row));
    }
  }
  database.close();
  return rows;
}
