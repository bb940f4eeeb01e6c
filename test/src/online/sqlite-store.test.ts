import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import Sqlite from 'better-sqlite3';
import { sectionOf } from '../../../src/config/section.js';
import { sqliteError } from '../../../src/online/sqlite/sqlite-errors.js';
import { openSqliteStore } from '../../../src/online/sqlite/sqlite-store.js';
import {
  batchOf,
  keyOf,
  onlineStoreContract,
  PROJECT,
  readBack,
  VIEW,
} from '../../contracts/online-store.js';
import { readJsonFixture, temporaryFolder } from '../../helpers/fixtures.js';

async function openStore(
  t: ExecutionContext,
  values: Record<string, unknown> = {},
  folder = temporaryFolder(t),
) {
  const store = await openSqliteStore({ type: 'sqlite', section: sectionOf(values, 'online_store') }, folder);
  t.teardown(() => store.close());
  return { folder, store, path: join(folder, 'data', 'online.db') };
}

onlineStoreContract(
  test,
  { tables: true, createdTimes: true, resolution: 1, before1970: true, longestValue: Infinity },
  async (t, beside) => {
    const folder = beside && dirname(dirname(beside.infraFor(PROJECT, VIEW).location));
    return (await openStore(t, {}, folder)).store;
  },
);

test("tables are Feast's to the letter", async (t) => {
  const { store, path } = await openStore(t);
  const views = ['driver_fresh', 'driver_hourly_stats', 'global_stats', 'inferred_stats', 'route_delays'];
  await store.updateInfra(
    PROJECT,
    views.map((name) => ({ ...VIEW, name })),
    [],
  );
  const database = new Sqlite(path, { readonly: true });
  const ddl = database.prepare('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL').pluck().all();
  database.close();
  const golden = readJsonFixture('golden/online_rows.json') as { ddl: string[] };
  t.deepEqual(ddl.sort(), golden.ddl.sort());
});

test('value and value_text are stored with the types Feast stores', async (t) => {
  const { store, path } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  const long = 'x'.repeat(20_000);
  await store.write(PROJECT, VIEW, batchOf([{ id: 1, event: -1.5, created: 2, trips: 7, name: null }]));
  await store.write(
    PROJECT,
    VIEW,
    batchOf([
      { id: 2, event: 3, name: long },
      { id: 3, event: 3, created: 4.9, name: '' },
    ]),
  );
  const database = new Sqlite(path, { readonly: true });
  const rows = database
    .prepare(`SELECT feature_name, typeof(value), length(value), typeof(value_text), length(value_text), event_ts, created_ts, typeof(event_ts), vector_value
      FROM demo_drivers ORDER BY entity_key, feature_name`)
    .raw()
    .all();
  database.close();
  t.deepEqual(rows, [
    ['name', 'blob', 0, 'null', null, -2, 2, 'integer', null],
    ['trips', 'blob', 2, 'text', 1, -2, 2, 'integer', null],
    ['name', 'blob', 20_004, 'text', 20_000, 3, null, 'integer', null],
    ['trips', 'blob', 0, 'null', null, 3, null, 'integer', null],
    ['name', 'blob', 2, 'text', 0, 3, 4, 'integer', null],
    ['trips', 'blob', 0, 'null', null, 3, 4, 'integer', null],
  ]);
});

test('reading never creates a file', async (t) => {
  const { store, path } = await openStore(t);
  await t.throwsAsync(readBack(store, [1]), { code: 'ONLINE_STORE_MISSING_TABLE' });
  await store.updateInfra(PROJECT, [], [store.infraFor(PROJECT, VIEW)]);
  t.false(existsSync(path));
});

test('names that need quoting', async (t) => {
  const { store } = await openStore(t);
  const view = { ...VIEW, name: 'order "x"; drop' };
  await store.updateInfra('my-project', [view], []);
  await store.write('my-project', view, batchOf([{ id: 1, event: 1, trips: 1 }]));
  t.truthy((await store.read('my-project', view, [keyOf(1)], ['trips']))[0]);
  const quotes = batchOf([{ id: 1, event: 2 }]);
  await store.write('my-project', view, { ...quotes, features: [{ ...quotes.features[0]!, name: "it's" }] });
  t.deepEqual([...(await store.read('my-project', view, [keyOf(1)], ["it's"]))[0]!.values.keys()], ["it's"]);
});

test('a batch that fails leaves nothing behind', async (t) => {
  const { store, path } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  const database = new Sqlite(path);
  database.exec(
    "CREATE TRIGGER refuse BEFORE INSERT ON demo_drivers WHEN NEW.value_text = '13' BEGIN SELECT raise(ABORT, 'no'); END",
  );
  database.close();
  const rows = [1, 2, 13, 4].map((trips) => ({ id: trips, event: 1, trips, name: 'x' }));
  await t.throwsAsync(store.write(PROJECT, VIEW, batchOf(rows)), {
    code: 'ONLINE_STORE_FAILED',
    message: /no/,
  });
  t.deepEqual(await readBack(store, [1, 2, 13, 4]), [undefined, undefined, undefined, undefined]);
});

test('another process that holds the file is waited for, then named', async (t) => {
  const { store, path, folder } = await openStore(t, { busy_timeout: 50 });
  await store.updateInfra(PROJECT, [VIEW], []);
  const database = new Sqlite(path);
  database.exec('BEGIN IMMEDIATE');
  await t.throwsAsync(store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1 }])), {
    code: 'ONLINE_STORE_BUSY',
    message: new RegExp(folder),
  });
  t.deepEqual(await readBack(store, [1]), [undefined], 'readers go on');
  database.exec('COMMIT');
  database.close();
  t.is((await store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1 }]))).written, 1);
});

test('a file that is no database is refused and left as it is', async (t) => {
  const { store, folder } = await openStore(t, { path: 'foreign.db' });
  const text = 'this is a letter, not a database; '.repeat(100);
  writeFileSync(join(folder, 'foreign.db'), text);
  await t.throwsAsync(store.updateInfra(PROJECT, [VIEW], []), {
    code: 'ONLINE_STORE_CORRUPT',
    message: /foreign\.db/,
  });
  await t.throwsAsync(readBack(store, [1]), { code: 'ONLINE_STORE_CORRUPT' });
  t.is(readFileSync(join(folder, 'foreign.db'), 'utf8'), text);
});

test('a damaged database is named', async (t) => {
  const { store, path, folder } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  await store.write(
    PROJECT,
    VIEW,
    batchOf(Array.from({ length: 5000 }, (_, id) => ({ id, event: 1, name: 'x'.repeat(50) }))),
  );
  await store.close();
  const bytes = readFileSync(path);
  bytes.fill(0xee, 16_384 * 2);
  writeFileSync(path, bytes);
  const { store: again } = await openStore(t, {}, folder);
  await t.throwsAsync(readBack(again, [1, 2000, 4000]), { code: 'ONLINE_STORE_CORRUPT' });
});

test('a place that cannot be written is named', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  const { store } = await openStore(t, { path: join(folder, 'file', 'online.db') }, folder);
  await t.throwsAsync(store.updateInfra(PROJECT, [VIEW], []), { code: 'ONLINE_STORE_NOT_WRITABLE' });
});

test('a full disk is named', (t) => {
  const database = new Sqlite(join(temporaryFolder(t), 'full.db'));
  database.exec('PRAGMA max_page_count = 4; CREATE TABLE t (v)');
  const error = t.throws(() => database.prepare('INSERT INTO t VALUES (zeroblob(100000))').run(), {
    any: true,
  });
  database.close();
  t.like(sqliteError(error, '/disk/online.db'), { code: 'ONLINE_STORE_FULL' });
});

test('settings are checked', async (t) => {
  await t.throwsAsync(openStore(t, { pth: 'x' }), {
    code: 'CONFIG_UNKNOWN_KEY',
    message: /Did you mean "path"/,
  });
  await t.throwsAsync(openStore(t, { path: 5 }), { code: 'CONFIG_INVALID_VALUE' });
});
