import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import pg from 'pg';
import { sectionOf } from '../../../src/config/section.js';
import type { OnlineStore } from '../../../src/online/online-store.js';
import { postgresError } from '../../../src/online/postgres/postgres-errors.js';
import { openPostgresStore } from '../../../src/online/postgres/postgres-store.js';
import {
  batchOf,
  keyOf,
  onlineStoreContract,
  PROJECT,
  readBack,
  VIEW,
} from '../../contracts/online-store.js';
import { freePort, isListening, POSTGRES, REQUIRE_SERVICES, uniqueName } from '../../helpers/services.js';

const reachable = await isListening(POSTGRES);
if (!reachable) console.log('no PostgreSQL server: tests of the PostgreSQL store are skipped');
// one after the other: all at once they keep each other from answering servers in time
const test = (reachable || REQUIRE_SERVICES ? anyTest.serial : anyTest.skip) as TestFn;

const TRAITS = {
  tables: true,
  createdTimes: true,
  resolution: 1e-6,
  before1970: true,
  longestValue: Infinity,
};

async function connect(t: ExecutionContext) {
  const client = new pg.Client({ ...POSTGRES, ssl: false });
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

async function openStore(t: ExecutionContext, values: Record<string, unknown> = {}) {
  const schema = (values.db_schema as string | undefined) ?? uniqueName();
  const section = sectionOf(
    { ...POSTGRES, sslmode: 'disable', db_schema: schema, ...values },
    'online_store',
  );
  const store = await openPostgresStore({ type: 'postgres', section }, '/');
  const client = await connect(t);
  t.teardown(async () => {
    await store.close();
    await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  });
  return { store, schema, client };
}

const schemaOf = (store: OnlineStore) => store.infraFor(PROJECT, VIEW).location.split('/').at(-1)!;

onlineStoreContract(test, TRAITS, async (t, beside) => {
  return (await openStore(t, beside && { db_schema: schemaOf(beside) })).store;
});

test("tables, columns and indexes are Feast's", async (t) => {
  const { store, schema, client } = await openStore(t);
  await store.updateInfra(
    PROJECT,
    [VIEW, { ...VIEW, name: 'numbers', features: VIEW.features.slice(0, 1) }],
    [],
  );
  const { rows: columns } = await client.query({
    text: 'SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position',
    values: [schema, 'demo_drivers'],
    rowMode: 'array',
  });
  t.deepEqual(columns, [
    ['entity_key', 'bytea', 'NO'],
    ['feature_name', 'text', 'NO'],
    ['value', 'bytea', 'YES'],
    ['value_text', 'text', 'YES'],
    ['vector_value', 'bytea', 'YES'],
    ['event_ts', 'timestamp with time zone', 'YES'],
    ['created_ts', 'timestamp with time zone', 'YES'],
  ]);
  const { rows: indexes } = await client.query({
    text: `SELECT replace(indexdef, schemaname || '.', '') FROM pg_indexes WHERE schemaname = $1 ORDER BY indexname`,
    values: [schema],
    rowMode: 'array',
  });
  t.deepEqual(indexes.flat(), [
    'CREATE INDEX demo_drivers_ek ON demo_drivers USING btree (entity_key)',
    "CREATE INDEX demo_drivers_fts_idx ON demo_drivers USING gin (to_tsvector('english'::regconfig, value_text))",
    'CREATE UNIQUE INDEX demo_drivers_pkey ON demo_drivers USING btree (entity_key, feature_name)',
    'CREATE INDEX demo_numbers_ek ON demo_numbers USING btree (entity_key)',
    'CREATE UNIQUE INDEX demo_numbers_pkey ON demo_numbers USING btree (entity_key, feature_name)',
  ]);
});

test('a row holds what Feast puts there, by the first load and by later ones', async (t) => {
  const { store, schema, client } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  await store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1.25, created: 2.5, trips: 7, name: 'a\0b' }]));
  await store.write(
    PROJECT,
    VIEW,
    batchOf([
      { id: 1, event: 3, trips: null, name: '' },
      { id: 2, event: 4 },
    ]),
  );
  await store.write(PROJECT, VIEW, batchOf([{ id: 3, event: -62_135_596_800, trips: 1, name: 'é' }]));
  const { rows } = await client.query({
    text: `SELECT feature_name, encode(value, 'hex'), value_text, vector_value, extract(epoch FROM event_ts)::float8, extract(epoch FROM created_ts)::float8
      FROM "${schema}".demo_drivers ORDER BY entity_key, feature_name`,
    rowMode: 'array',
  });
  t.deepEqual(rows, [
    ['name', '1200', '', null, 3, null],
    ['trips', '', null, null, 3, null],
    ['name', '', null, null, 4, null],
    ['trips', '', null, null, 4, null],
    ['name', '1202c3a9', 'é', null, -62_135_596_800, null],
    ['trips', '2001', '1', null, -62_135_596_800, null],
  ]);
});

test('a batch that fails leaves nothing behind, and the next is written', async (t) => {
  const { store, schema, client } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  await client.query(`ALTER TABLE "${schema}".demo_drivers ADD CHECK (value_text <> '13')`);
  const rows = [1, 2, 13, 4].map((trips) => ({ id: trips, event: 1, trips, name: 'x' }));
  const expected = { code: 'ONLINE_STORE_FAILED', message: /check constraint/ };
  await t.throwsAsync(store.write(PROJECT, VIEW, batchOf(rows)), expected);
  t.deepEqual(await readBack(store, [1, 2, 13, 4]), [undefined, undefined, undefined, undefined]);
  t.like(await store.write(PROJECT, VIEW, batchOf(rows.slice(0, 2))), { written: 2 });
  await store.write(PROJECT, VIEW, batchOf(rows.slice(0, 1)));
  await t.throwsAsync(store.write(PROJECT, VIEW, batchOf(rows)), expected);
  t.deepEqual(await readBack(store, [4]), [undefined]);
});

test('names that need quoting, and names that are too long', async (t) => {
  const { store } = await openStore(t, { db_schema: `${uniqueName()} "x"`.replaceAll('"', '') });
  const view = { ...VIEW, name: 'Order "x"; drop' };
  await store.updateInfra('my-project', [view], []);
  await store.write('my-project', view, batchOf([{ id: 1, event: 1, trips: 1 }]));
  t.truthy((await store.read('my-project', view, [keyOf(1)], ['trips']))[0]);
  await store.updateInfra('my-project', [], [store.infraFor('my-project', view)]);
  const long = { ...VIEW, name: 'x'.repeat(60) };
  await t.throwsAsync(store.updateInfra(PROJECT, [long], []), {
    code: 'DEFINITION_INVALID',
    message: /63 bytes/,
  });
});

test('stores that create the same at the same time', async (t) => {
  const { store, schema } = await openStore(t);
  const stores = [store, (await openStore(t, { db_schema: schema })).store];
  await t.notThrowsAsync(Promise.all(stores.map((one) => one.updateInfra(PROJECT, [VIEW], []))));
});

test('a connection that is cut is opened anew', async (t) => {
  const { store, schema, client } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  await readBack(store, [1]);
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'feast-scheduler' AND query LIKE '%' || $1 || '%'`,
    [schema],
  );
  // the first read may still be given the connection that is being cut
  await readBack(store, [1]).catch((error) => t.is(error.code, 'ONLINE_STORE_UNREACHABLE'));
  await t.notThrowsAsync(readBack(store, [1]));
});

test('what keeps the store from being used is named, without the password', async (t) => {
  const { store, schema, client } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  const role = uniqueName();
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'se-cret'`);
  await client.query(`GRANT USAGE ON SCHEMA "${schema}" TO ${role}`);
  await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA "${schema}" TO ${role}`);
  t.teardown(async () => {
    const own = new pg.Client({ ...POSTGRES, ssl: false });
    await own.connect();
    await own.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await own.end();
  });
  const cases: [Record<string, unknown>, string][] = [
    [{ user: role, password: 'se-cret', db_schema: schema }, 'ONLINE_STORE_DENIED'],
    [{ user: 'nobody_of_that_name', password: 'se-cret', db_schema: schema }, 'ONLINE_STORE_DENIED'],
    [{ database: 'no_such_database', db_schema: schema }, 'ONLINE_STORE_UNREACHABLE'],
    [{ port: await freePort(), db_schema: schema }, 'ONLINE_STORE_UNREACHABLE'],
    [{ sslmode: 'require', db_schema: schema }, 'ONLINE_STORE_UNREACHABLE'],
  ];
  for (const [values, code] of cases) {
    const { store: refused } = await openStore(t, values);
    const error = await t.throwsAsync(refused.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1 }])), { code });
    t.notRegex(error!.message, /se-cret/);
  }
  const { store: preferring } = await openStore(t, { sslmode: 'prefer', db_schema: schema });
  t.deepEqual(await readBack(preferring, [1]), [undefined]);
});

anyTest('codes of failures that a test cannot bring about', (t) => {
  for (const [code, ours] of [
    ['53100', 'ONLINE_STORE_FULL'],
    ['25006', 'ONLINE_STORE_NOT_WRITABLE'],
    ['28P01', 'ONLINE_STORE_DENIED'],
    ['40P01', 'ONLINE_STORE_BUSY'],
    ['57P01', 'ONLINE_STORE_UNREACHABLE'],
  ]) {
    t.like(postgresError(Object.assign(new Error('it said so'), { code }), 'there'), { code: ours });
  }
});

anyTest('settings are checked', async (t) => {
  const good = { ...POSTGRES, password: 'se-cret' };
  const open = (values: Record<string, unknown>) =>
    openPostgresStore({ type: 'postgres', section: sectionOf({ ...good, ...values }, 'online_store') }, '/');
  await t.throwsAsync(open({ db_shema: 'x' }), { message: /Did you mean "db_schema"/ });
  await t.throwsAsync(open({ host: undefined }), { code: 'CONFIG_MISSING_KEY' });
  await t.throwsAsync(open({ vector_enabled: true }), {
    code: 'CONFIG_UNSUPPORTED',
    message: /vector_enabled/,
  });
  await t.throwsAsync(open({ sslmode: 'on' }), { code: 'CONFIG_INVALID_VALUE' });
  await t.throwsAsync(open({ sslrootcert_path: 'missing.pem' }), { message: /missing\.pem/ });
  await t.notThrowsAsync(open({ password: 1234 }));
});
