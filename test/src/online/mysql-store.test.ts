import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { createConnection } from 'mysql2/promise';
import { sectionOf } from '../../../src/config/section.js';
import { mysqlError } from '../../../src/online/mysql/mysql-errors.js';
import { openMysqlStore } from '../../../src/online/mysql/mysql-store.js';
import type { OnlineStore } from '../../../src/online/online-store.js';
import {
  batchOf,
  keyOf,
  onlineStoreContract,
  PROJECT,
  readBack,
  VIEW,
} from '../../contracts/online-store.js';
import { freePort, isListening, MYSQL, REQUIRE_SERVICES, uniqueName } from '../../helpers/services.js';

const reachable = await isListening(MYSQL);
if (!reachable) console.log('no MySQL or MariaDB server: tests of the MySQL store are skipped');
// one after the other: all at once they keep each other from answering servers in time
const test = (reachable || REQUIRE_SERVICES ? anyTest.serial : anyTest.skip) as TestFn;

const TRAITS = { tables: true, createdTimes: true, resolution: 1, before1970: false, longestValue: 65_535 };

async function openStore(t: ExecutionContext, values: Record<string, unknown> = {}) {
  const database = (values.database as string | undefined) ?? uniqueName();
  const connection = await createConnection(MYSQL);
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${database}`);
  const section = sectionOf({ ...MYSQL, ...values, database }, 'online_store');
  const store = await openMysqlStore({ type: 'mysql', section });
  t.teardown(async () => {
    await store.close();
    await connection.query(`DROP DATABASE IF EXISTS ${database}`);
    await connection.end();
  });
  return { store, database, connection };
}

const databaseOf = (store: OnlineStore) => store.infraFor(PROJECT, VIEW).location.split('/').at(-1)!;

onlineStoreContract(test, TRAITS, async (t, beside) => {
  return (await openStore(t, beside && { database: databaseOf(beside) })).store;
});

test("columns and indexes are Feast's, and so is what a row holds", async (t) => {
  const { store, database, connection } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  const [columns] = await connection.query({
    sql: `SELECT column_name, column_type, is_nullable, column_key FROM information_schema.columns WHERE table_schema = '${database}' ORDER BY ordinal_position`,
    rowsAsArray: true,
  });
  t.deepEqual(columns as unknown, [
    ['entity_key', 'varchar(512)', 'NO', 'PRI'],
    ['feature_name', 'varchar(256)', 'NO', 'PRI'],
    ['value', 'blob', 'YES', ''],
    ['event_ts', 'timestamp', 'YES', ''],
    ['created_ts', 'timestamp', 'YES', ''],
  ]);
  const [indexes] = await connection.query({
    sql: `SELECT index_name, column_name FROM information_schema.statistics WHERE table_schema = '${database}' ORDER BY 1, seq_in_index`,
    rowsAsArray: true,
  });
  t.deepEqual(indexes as unknown, [
    ['demo_drivers_ek', 'entity_key'],
    ['PRIMARY', 'entity_key'],
    ['PRIMARY', 'feature_name'],
  ]);
  await store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1.75, created: 2.5, trips: 7, name: null }]));
  await store.write(PROJECT, VIEW, batchOf([{ id: 2, event: 2 ** 31 - 1, trips: null, name: '' }]));
  const [rows] = await connection.query({
    sql: `SELECT entity_key, feature_name, hex(value), cast(unix_timestamp(event_ts) AS CHAR), cast(unix_timestamp(created_ts) AS CHAR) FROM ${database}.demo_drivers ORDER BY 1, 2`,
    rowsAsArray: true,
  });
  const hex = (id: number) => Buffer.from(keyOf(id)).toString('hex');
  t.deepEqual(rows as unknown, [
    [hex(1), 'name', '', '1', '2'],
    [hex(1), 'trips', '2007', '1', '2'],
    [hex(2), 'name', '1200', '2147483647', null],
    [hex(2), 'trips', '', '2147483647', null],
  ]);
});

test('a batch that fails leaves nothing behind, and the next is written', async (t) => {
  const { store, database, connection } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  const rows = Array.from({ length: 4000 }, (_, id) => ({ id, event: 1, name: 'x'.repeat(100) }));
  // the last to be written
  rows.push({ id: -1, event: 1, name: 'x'.repeat(70_000) });
  await t.throwsAsync(store.write(PROJECT, VIEW, batchOf(rows)), {
    code: 'VALUE_INVALID',
    message: /65,535/,
  });
  t.deepEqual(await readBack(store, [0, 3999, -1]), [undefined, undefined, undefined]);
  await connection.query(`ALTER TABLE ${database}.demo_drivers ADD CHECK (feature_name <> 'name')`);
  await t.throwsAsync(store.write(PROJECT, VIEW, batchOf(rows.slice(0, 5))), {
    code: 'ONLINE_STORE_FAILED',
  });
});

test('the zone of the server does not matter', async (t) => {
  const { store, database, connection } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  // half an hour that Adelaide does not have
  const event = Date.UTC(2026, 9, 4, 2, 15) / 1000;
  await store.write(PROJECT, VIEW, batchOf([{ id: 1, event, trips: 1 }]));
  const [rows] = await connection.query({
    sql: `SELECT DISTINCT cast(unix_timestamp(event_ts) AS CHAR) FROM ${database}.demo_drivers`,
    rowsAsArray: true,
  });
  t.deepEqual(rows as unknown, [[String(event)]]);
  t.like((await readBack(store, [1]))[0], { event });
});

test('names that need quoting, and names that are one to MySQL', async (t) => {
  const { store } = await openStore(t);
  const view = { ...VIEW, name: 'order `x`; drop' };
  await store.updateInfra('my-project', [view], []);
  const quotes = batchOf([{ id: 1, event: 2, trips: 3 }]);
  await store.write('my-project', view, {
    ...quotes,
    features: [{ ...quotes.features[0]!, name: "it's \\" }],
  });
  const [row] = await store.read('my-project', view, [keyOf(1)], ["it's \\"]);
  t.deepEqual([...row!.values.keys()], ["it's \\"]);
  const [feature] = VIEW.features;
  const alike = { ...VIEW, features: [feature!, { ...feature!, name: 'TRIPS' }] };
  await t.throwsAsync(store.updateInfra(PROJECT, [alike], []), {
    code: 'DEFINITION_INVALID',
    message: /"trips" and "TRIPS"/,
  });
});

test('a connection that is cut is opened anew', async (t) => {
  const { store, database, connection } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  await readBack(store, [1]);
  const [threads] = await connection.query({
    sql: `SELECT id FROM information_schema.processlist WHERE db = '${database}'`,
    rowsAsArray: true,
  });
  for (const [id] of threads as unknown as [number][]) await connection.query(`KILL ${id}`);
  const batch = batchOf([{ id: 1, event: 1, trips: 1 }]);
  // the first uses may still be given connections that are being cut
  const mayBeCut = (error: { code: string }) => t.is(error.code, 'ONLINE_STORE_UNREACHABLE');
  await store.write(PROJECT, VIEW, batch).catch(mayBeCut);
  await readBack(store, [1]).catch(mayBeCut);
  await store.write(PROJECT, VIEW, batch);
  t.like((await readBack(store, [1]))[0], { trips: 1 });
});

test('what keeps the store from being used is named, without the password', async (t) => {
  const { store, database, connection } = await openStore(t);
  await store.updateInfra(PROJECT, [VIEW], []);
  const user = uniqueName();
  await connection.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'se-cret'`);
  await connection.query(`GRANT SELECT ON ${database}.* TO '${user}'@'%'`);
  t.teardown(async () => {
    const own = await createConnection(MYSQL);
    await own.query(`DROP USER '${user}'@'%'`);
    await own.end();
  });
  const cases: [Record<string, unknown>, string][] = [
    [{ user, password: 'se-cret' }, 'ONLINE_STORE_DENIED'],
    [{ user, password: 'wrong-se-cret' }, 'ONLINE_STORE_DENIED'],
    [{ port: await freePort() }, 'ONLINE_STORE_UNREACHABLE'],
  ];
  for (const [values, code] of cases) {
    const { store: refused } = await openStore(t, { ...values, database });
    const error = await t.throwsAsync(refused.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1 }])), { code });
    t.notRegex(error!.message, /se-cret/);
  }
  const missing = await openMysqlStore({
    type: 'mysql',
    section: sectionOf({ ...MYSQL, database: 'no_such_database' }),
  });
  await t.throwsAsync(readBack(missing, [1]), { code: 'ONLINE_STORE_UNREACHABLE' });
  await missing.close();
});

anyTest('codes of failures that a test cannot bring about', (t) => {
  for (const [code, ours] of [
    ['ER_RECORD_FILE_FULL', 'ONLINE_STORE_FULL'],
    ['ER_OPTION_PREVENTS_STATEMENT', 'ONLINE_STORE_NOT_WRITABLE'],
    ['ER_LOCK_WAIT_TIMEOUT', 'ONLINE_STORE_BUSY'],
    ['PROTOCOL_CONNECTION_LOST', 'ONLINE_STORE_UNREACHABLE'],
  ]) {
    t.like(mysqlError(Object.assign(new Error('it said so'), { code }), 'there'), { code: ours });
  }
});

anyTest('settings are checked', async (t) => {
  const open = (values: Record<string, unknown>) =>
    openMysqlStore({ type: 'mysql', section: sectionOf(values, 'online_store') });
  await t.throwsAsync(open({ pasword: 'x' }), { message: /Did you mean "password"/ });
  await t.throwsAsync(open({ port: 'x' }), { code: 'CONFIG_INVALID_VALUE' });
  const defaults = await open({ password: 1234, batch_write: true, batch_size: 100 });
  t.is(defaults.infraFor(PROJECT, VIEW).location, 'mysql 127.0.0.1:3306/feast', "Feast's defaults");
});
