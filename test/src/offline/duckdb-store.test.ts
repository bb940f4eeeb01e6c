import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { sectionOf } from '../../../src/config/section.js';
import type { FeastType } from '../../../src/definitions/index.js';
import { openDuckDBStore } from '../../../src/offline/duckdb/duckdb-store.js';
import { offlineStoreContract, readAll } from '../../contracts/offline-store.js';
import { fileSource } from '../../helpers/definitions.js';
import { writeRows } from '../../helpers/duckdb-files.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';

async function openStore(t: ExecutionContext, values: Record<string, unknown> = {}) {
  const folder = temporaryFolder(t);
  const store = await openDuckDBStore({ type: 'file', section: sectionOf(values, 'offline_store') }, folder);
  t.teardown(() => store.close());
  return { folder, store };
}

for (const format of ['parquet', 'csv'] as const) {
  offlineStoreContract(
    ((title: string, fn: (t: ExecutionContext) => unknown) => test(`${format}: ${title}`, fn)) as typeof test,
    async (t) => {
      const { folder, store } = await openStore(t);
      let files = 0;
      return {
        store,
        load: async (select, more) => {
          const path = `rows${files++}.${format}`;
          await writeRows(join(folder, path), select);
          return fileSource(path, more);
        },
      };
    },
  );
}

const AT = "TIMESTAMP '2026-11-01 10:00:00' AS event_timestamp";
const ID = { id: 'Int64' } as const;

test('a path may be absolute, a file:// URI, a glob, a flat folder or hive partitions', async (t) => {
  const { folder, store } = await openStore(t);
  for (const [day, id] of [
    ['2026-11-01', 1],
    ['2026-11-02', 2],
  ] as const) {
    await writeRows(join(folder, 'hive', `day=${day}`, 'rows.parquet'), `SELECT ${id}::BIGINT AS id, ${AT}`);
    await writeRows(join(folder, 'flat', `${day}.parquet`), `SELECT ${id}::BIGINT AS id, ${AT}`);
  }
  const one = join(folder, 'flat', '2026-11-01.parquet');
  const ids = async (path: string, features: Record<string, FeastType> = {}) =>
    (await readAll(store, fileSource(path, { format: 'parquet' }), ID, features)).rows.map((row) => row.id);
  t.deepEqual(await ids('flat/2026-11-01.parquet'), [1n]);
  t.deepEqual(await ids(one), [1n]);
  t.deepEqual(await ids(pathToFileURL(one).href), [1n]);
  t.deepEqual(await ids('flat/*.parquet'), [1n, 2n]);
  t.deepEqual(await ids('flat'), [1n, 2n]);
  await writeRows(join(folder, 'odd [1]*', 'rows.parquet'), `SELECT 3::BIGINT AS id, ${AT}`);
  t.deepEqual(await ids('odd [1]*'), [3n]);
  t.deepEqual(await ids('odd [1]*/rows.parquet'), [3n]);
  t.deepEqual(await ids('hive', { day: 'UnixTimestamp' }), [1n, 2n]);
});

test('a hive partition can be the event time', async (t) => {
  const { folder, store } = await openStore(t);
  await writeRows(join(folder, 'hive', 'day=2026-11-01', 'rows.parquet'), 'SELECT 1::BIGINT AS id');
  await writeRows(join(folder, 'hive', 'day=2026-11-02', 'rows.parquet'), 'SELECT 2::BIGINT AS id');
  await writeRows(join(folder, 'hive', 'day=2026-11-03', 'rows.parquet'), 'SELECT 3::BIGINT AS id');
  const source = fileSource('hive', { format: 'parquet', timestampField: 'day' });
  const read = (start: string, end: string) =>
    readAll(store, source, ID, {}, { start: new Date(start), end: new Date(end) });
  t.deepEqual((await read('2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z')).rows, [
    { id: 1n, eventTime: '2026-11-01T00:00:00.000Z' },
    { id: 2n, eventTime: '2026-11-02T00:00:00.000Z' },
  ]);
  t.is((await read('2026-11-01T00:00:00.001Z', '2026-11-01T23:59:59Z')).rows.length, 0);
});

test('of rows alike in every time, the one of the last file wins', async (t) => {
  const { folder, store } = await openStore(t);
  await writeRows(join(folder, 'parts', 'b.parquet'), `SELECT 1::BIGINT AS id, 'b' AS v, ${AT}`);
  await writeRows(join(folder, 'parts', 'a.parquet'), `SELECT 1::BIGINT AS id, 'a' AS v, ${AT}`);
  const { rows } = await readAll(store, fileSource('parts', { format: 'parquet' }), ID, { v: 'String' });
  t.deepEqual(
    rows.map((row) => row.v),
    ['b'],
  );
});

const TIME_COLUMNS: [string, string][] = [
  ["TIMESTAMP '2026-11-01 10:00:00.123456'", '2026-11-01T10:00:00.123Z'],
  ["TIMESTAMP_NS '2026-11-01 10:00:00.123456789'", '2026-11-01T10:00:00.123Z'],
  ["TIMESTAMP_MS '2026-11-01 10:00:00.123'", '2026-11-01T10:00:00.123Z'],
  ["TIMESTAMP_S '2026-11-01 10:00:00'", '2026-11-01T10:00:00.000Z'],
  ["TIMESTAMPTZ '2026-11-01 10:00:00+02'", '2026-11-01T08:00:00.000Z'],
  ["DATE '2026-11-01'", '2026-11-01T00:00:00.000Z'],
];
for (const [sql, expected] of TIME_COLUMNS) {
  test(`event time ${sql}: naive is UTC, and the window is compared exactly`, async (t) => {
    const { folder, store } = await openStore(t);
    await writeRows(
      join(folder, 'rows.parquet'),
      `SELECT 1::BIGINT AS id, ${sql} AS event_timestamp, ${sql} AS seen`,
    );
    const source = fileSource('rows.parquet');
    const { rows } = await readAll(store, source, ID, { seen: 'UnixTimestamp' });
    t.is(rows[0]?.eventTime, expected);
    t.is(rows[0]?.seen, BigInt(Math.floor(Date.parse(expected) / 1000)));
    const exact = new Date(Math.floor(Date.parse(expected) / 1000) * 1000);
    const later = { start: new Date(exact.getTime() + 1000) };
    t.is((await readAll(store, source, ID, {}, { start: exact })).rows.length, 1);
    t.is((await readAll(store, source, ID, {}, later)).rows.length, 0);
  });
}

test('seconds before 1970 are rounded down', async (t) => {
  const { folder, store } = await openStore(t);
  await writeRows(
    join(folder, 'rows.parquet'),
    `SELECT 1::BIGINT AS id, ${AT}, TIMESTAMP '1969-12-31 23:59:59.5' AS seen`,
  );
  const { rows } = await readAll(store, fileSource('rows.parquet'), ID, { seen: 'UnixTimestamp' });
  t.is(rows[0]?.seen, -1n);
});

test('every type a file can hold', async (t) => {
  const { folder, store } = await openStore(t);
  await writeRows(
    join(folder, 'rows.parquet'),
    `SELECT 1::TINYINT AS id, ${AT}, 'é' AS s, 'AB'::BLOB AS b, 1.5::FLOAT AS f, 2.5::DOUBLE AS d, true AS ok, 7::SMALLINT AS i,
      9223372036854775807 AS big, 3.0::DOUBLE AS pandas_int, 'NaN'::DOUBLE AS pandas_gap, [1.5::FLOAT, 2] AS fl, ['a', 'b'] AS sl, [true, false] AS bl,
      [1::INTEGER] AS il, []::BIGINT[] AS el, ['AB'::BLOB] AS bytes_list, [TIMESTAMP '1970-01-01 00:00:01'] AS tl, {'a': 1} AS st, MAP {'k': 2} AS m,
      1.25::DECIMAL(10,2) AS dec, '7e5a1b04-8b35-4d0c-9f24-0c3c3f6c9d5e'::UUID AS u, '{"x": 1}' AS j, [{'a': 1}] AS structs, NULL::DOUBLE AS none`,
  );
  const types: Record<string, FeastType> = {
    s: 'String',
    b: 'Bytes',
    f: 'Float32',
    d: 'Float64',
    ok: 'Bool',
    i: 'Int32',
    big: 'Int64',
    pandas_int: 'Int64',
    pandas_gap: 'Int32',
    fl: 'Array(Float32)',
    sl: 'Array(String)',
    bl: 'Array(Bool)',
    il: 'Set(Int64)',
    el: 'Array(Int64)',
    bytes_list: 'Array(Bytes)',
    tl: 'Array(UnixTimestamp)',
    st: 'Struct',
    m: 'Map',
    dec: 'Decimal',
    u: 'Uuid',
    j: 'Json',
    structs: 'Array(Struct)',
    none: 'Float64',
  };
  const { rows } = await readAll(store, fileSource('rows.parquet'), ID, types);
  const { b, bytes_list, ...rest } = rows[0]!;
  t.is(Buffer.from(b as Uint8Array).toString(), 'AB');
  t.is(Buffer.from((bytes_list as Uint8Array[])[0]!).toString(), 'AB');
  t.deepEqual(rest, {
    id: 1n,
    eventTime: '2026-11-01T10:00:00.000Z',
    s: 'é',
    f: 1.5,
    d: 2.5,
    ok: 1,
    i: 7,
    big: 9223372036854775807n,
    pandas_int: 3n,
    pandas_gap: null,
    fl: [1.5, 2],
    sl: ['a', 'b'],
    bl: [true, false],
    il: [1n],
    el: [],
    tl: [1n],
    st: { a: 1 },
    m: { k: 2 },
    dec: '1.25',
    u: '7e5a1b04-8b35-4d0c-9f24-0c3c3f6c9d5e',
    j: '{"x": 1}',
    structs: [{ a: 1 }],
    none: null,
  });
});

const MISFIT_TYPES: [string, FeastType, string][] = [
  ["'x'", 'Int64', 'VARCHAR'],
  ['1::BIGINT', 'String', 'BIGINT'],
  ['true', 'Float64', 'BOOLEAN'],
  ["['a']", 'Array(Int64)', 'VARCHAR\\[\\]'],
  ['1.5::DOUBLE', 'Array(Float64)', 'DOUBLE'],
  ["'x'", 'ZonedTimestamp', 'VARCHAR'],
];
for (const [sql, type, found] of MISFIT_TYPES) {
  test(`a ${found} column for ${type} is refused, naming file, column and both types`, async (t) => {
    const { folder, store } = await openStore(t);
    await writeRows(join(folder, 'rows.parquet'), `SELECT 1::BIGINT AS id, ${AT}, ${sql} AS v`);
    await t.throwsAsync(readAll(store, fileSource('rows.parquet'), ID, { v: type }), {
      code: 'SOURCE_COLUMN_TYPE',
      message: new RegExp(
        `rows\\.parquet: column "v" is ${found}; expected .*${type.replace(/[()]/g, '\\$&')}`,
      ),
    });
  });
}

test('a value that does not fit is refused, naming column and value', async (t) => {
  const { folder, store } = await openStore(t);
  await writeRows(
    join(folder, 'rows.parquet'),
    `SELECT 1::BIGINT AS id, ${AT}, 3000000000::BIGINT AS big, 1.5::DOUBLE AS half, 1e300::DOUBLE AS huge`,
  );
  const read = (features: Record<string, FeastType>) =>
    readAll(store, fileSource('rows.parquet'), ID, features);
  await t.throwsAsync(read({ big: 'Int32' }), {
    code: 'SOURCE_VALUE_INVALID',
    message: /rows\.parquet: column "big" holds 3000000000, which is no Int32/,
  });
  await t.throwsAsync(read({ half: 'Int64' }), {
    code: 'SOURCE_VALUE_INVALID',
    message: /column "half" holds 1\.5, which is no Int64/,
  });
  await t.throwsAsync(read({ huge: 'Float32' }), { code: 'SOURCE_VALUE_INVALID', message: /column "huge"/ });
});

test('the event time column must be a time', async (t) => {
  const { folder, store } = await openStore(t);
  await writeRows(join(folder, 'rows.parquet'), "SELECT 1::BIGINT AS id, 'yesterday' AS event_timestamp");
  await t.throwsAsync(readAll(store, fileSource('rows.parquet'), ID, {}), {
    code: 'SOURCE_COLUMN_TYPE',
    message: /"event_timestamp" is VARCHAR; expected a timestamp or a date/,
  });
});

test('CSV: texts keep their zeros, a bad number names its line', async (t) => {
  const { folder, store } = await openStore(t);
  writeFileSync(
    join(folder, 'a.csv'),
    'code,event_timestamp,n\n007,2026-11-01 10:00:00,1\n008,2026-11-01T10:00:00Z,\n',
  );
  const { rows } = await readAll(store, fileSource('a.csv'), { code: 'String' }, { n: 'Int64' });
  t.deepEqual(
    rows.map((row) => [row.code, row.n, row.eventTime]),
    [
      ['007', 1n, '2026-11-01T10:00:00.000Z'],
      ['008', null, '2026-11-01T10:00:00.000Z'],
    ],
  );
  writeFileSync(
    join(folder, 'b.csv'),
    'code,event_timestamp,n\n007,2026-11-01 10:00:00,1\n008,2026-11-01 10:00:00,many\n',
  );
  await t.throwsAsync(readAll(store, fileSource('b.csv'), { code: 'String' }, { n: 'Int64' }), {
    code: 'SOURCE_VALUE_INVALID',
    message: /b\.csv.*Line: 3.*"n".*many/s,
  });
});

test('files that are not there, and files that are something else', async (t) => {
  const { folder, store } = await openStore(t);
  const read = (path: string) => readAll(store, fileSource(path, { format: 'parquet' }), ID, {});
  await t.throwsAsync(read('nowhere.parquet'), {
    code: 'SOURCE_NOT_FOUND',
    message: /nowhere\.parquet does not exist/,
  });
  await t.throwsAsync(read('nowhere/*.parquet'), { code: 'SOURCE_NOT_FOUND', message: /no parquet file/ });
  mkdirSync(join(folder, 'empty'));
  await t.throwsAsync(read('empty'), { code: 'SOURCE_NOT_FOUND', message: /empty: no parquet file/ });
  writeFileSync(join(folder, 'text.parquet'), 'this is no Parquet file, whatever its name says');
  await t.throwsAsync(read('text.parquet'), {
    code: 'SOURCE_UNREADABLE',
    message: /text\.parquet: cannot be read as parquet/,
  });
  await t.throwsAsync(store.describe(fileSource('text.parquet')), { code: 'SOURCE_UNREADABLE' });
  await t.throwsAsync(read('s3://bucket/x.parquet'), { code: 'SOURCE_UNSUPPORTED', message: /s3:\/\// });
  await t.throwsAsync(
    store.describe({
      ...fileSource('x'),
      kind: 'opaque_source',
      sourceType: 'BATCH_BIGQUERY',
      proto: new Uint8Array(),
    } as never),
    { code: 'SOURCE_UNSUPPORTED', message: /BATCH_BIGQUERY/ },
  );
});

test('columns may be called what the query calls its own', async (t) => {
  const { folder, store } = await openStore(t);
  await writeRows(
    join(folder, 'rows.parquet'),
    `SELECT * FROM (VALUES (1::BIGINT, 10::BIGINT, 20::BIGINT, TIMESTAMP '2026-11-01', TIMESTAMP '2026-11-02', 'a', 'x"y'),
      (2, 11, 21, TIMESTAMP '2026-11-03', TIMESTAMP '2026-11-04', 'b', 'z')) t(f0, k0, ts, created, line, file, "a ""b""")`,
  );
  const source = fileSource('rows.parquet', { timestampField: 'line', createdTimestampColumn: 'created' });
  const features = { k0: 'Int64', ts: 'Int64', file: 'String', 'a "b"': 'String' } as const;
  const end = new Date('2026-11-03T00:00:00Z');
  const { rows } = await readAll(store, source, { f0: 'Int64' }, features, { end });
  t.deepEqual(rows, [
    {
      f0: 1n,
      k0: 10n,
      ts: 20n,
      file: 'a',
      'a "b"': 'x"y',
      eventTime: '2026-11-02T00:00:00.000Z',
      createdTime: '2026-11-01T00:00:00.000Z',
    },
  ]);
});

test('the golden source is described with Feast types', async (t) => {
  const { store } = await openStore(t);
  const columns = await store.describe(fileSource(fixturePath('golden/feature_repo/data/stats.parquet')));
  t.deepEqual(
    columns.map(({ name, type }) => [name, type]),
    [
      ['driver_id', 'Int64'],
      ['event_timestamp', 'UnixTimestamp'],
      ['created', 'UnixTimestamp'],
      ['conv_rate', 'Float64'],
      ['trips', 'Int64'],
      ['name', 'String'],
      ['ok', 'Bool'],
      ['vec', 'Array(Float32)'],
    ],
  );
});

test('settings are checked', async (t) => {
  await t.throwsAsync(openStore(t, { memory_limt: '1GB' }), {
    code: 'CONFIG_UNKNOWN_KEY',
    message: /memory_limit/,
  });
  await t.throwsAsync(openStore(t, { memory_limit: 'much' }), { code: 'CONFIG_INVALID_VALUE' });
  await openStore(t, { memory_limit: '64MB', threads: 1, temp_directory: temporaryFolder(t) });
  t.pass();
});
