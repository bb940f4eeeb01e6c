import type { ExecutionContext, TestFn } from 'ava';
import type { DataSource, FeastType } from '../../src/definitions/index.js';
import { encodeEntityKeys, packedAt } from '../../src/encoding/index.js';
import type { LatestRowsRequest, OfflineStore } from '../../src/offline/offline-store.js';
import { fields } from '../helpers/definitions.js';

export interface OfflineHarness {
  readonly store: OfflineStore;
  /** makes a data source of the rows of an SQL SELECT, in their order */
  load(
    select: string,
    more?: Partial<Pick<DataSource, 'createdTimestampColumn' | 'fieldMapping'>>,
  ): Promise<DataSource>;
}

export type Row = Record<string, unknown> & { eventTime: string; createdTime?: string | null };

const iso = (micros: bigint) => new Date(Number(micros / 1000n)).toISOString();

/** Everything a request gives, as objects, for tests. */
export async function readAll(
  store: OfflineStore,
  source: DataSource,
  joinKeys: Readonly<Record<string, FeastType>>,
  features: Readonly<Record<string, FeastType>>,
  window: Partial<Pick<LatestRowsRequest, 'start' | 'end' | 'createdAfter' | 'signal'>> = {},
): Promise<{ rows: Row[]; rowsRead: number; nullKeyRows: number; keys: Buffer[] }> {
  const { batches, statistics } = await store.latestRows({
    source,
    joinKeys: fields(joinKeys),
    features: fields(features),
    start: new Date('2026-01-01T00:00:00Z'),
    end: new Date('2026-12-31T00:00:00Z'),
    ...window,
  });
  const rows: Row[] = [];
  const keys: Buffer[] = [];
  for await (const batch of batches) {
    const packed = encodeEntityKeys(batch.joinKeys);
    for (let i = 0; i < batch.rowCount; i++) {
      keys.push(Buffer.from(packedAt(packed, i)));
      const row: Row = { eventTime: iso(batch.eventTimes[i]!) };
      for (const { name, values, nulls } of [...batch.joinKeys, ...batch.features]) {
        row[name] = nulls?.[i] ? null : values[i];
      }
      if (batch.createdTimes !== undefined) {
        const created = batch.createdTimes[i]!;
        row.createdTime = created === -(2n ** 63n) ? null : iso(created);
      }
      rows.push(row);
    }
  }
  return { rows, keys, ...statistics };
}

const DRIVERS = `SELECT * FROM (VALUES
  (1::BIGINT, TIMESTAMP '2026-11-01 10:00:00', TIMESTAMP '2026-11-01 10:05:00', 1::BIGINT),
  (1, TIMESTAMP '2026-11-01 12:00:00', TIMESTAMP '2026-11-01 12:05:00', 2),
  (2, TIMESTAMP '2026-11-01 12:00:00', TIMESTAMP '2026-11-01 12:09:00', 3),
  (2, TIMESTAMP '2026-11-01 12:00:00', TIMESTAMP '2026-11-01 12:01:00', 4),
  (3, TIMESTAMP '2026-11-01 12:00:00', NULL, 5),
  (3, TIMESTAMP '2026-11-01 12:00:00', TIMESTAMP '2026-11-01 12:01:00', NULL),
  (4, TIMESTAMP '2026-11-01 12:00:00', TIMESTAMP '2026-11-01 12:01:00', 7),
  (4, TIMESTAMP '2026-11-01 12:00:00', TIMESTAMP '2026-11-01 12:01:00', 8),
  (NULL, TIMESTAMP '2026-11-01 12:00:00', NULL, 9),
  (5, TIMESTAMP '2026-11-03 00:00:00', NULL, 10)
) AS t(driver_id, event_timestamp, created, trips)`;

/** What every offline store does, whatever lies behind it. */
export function offlineStoreContract(
  test: TestFn,
  open: (t: ExecutionContext) => Promise<OfflineHarness>,
): void {
  test('contract: the latest row: event time, then created time with null least, then the last in the source', async (t) => {
    const { store, load } = await open(t);
    const source = await load(DRIVERS, { createdTimestampColumn: 'created' });
    const { rows } = await readAll(store, source, { driver_id: 'Int64' }, { trips: 'Int64' });
    const byDriver = new Map(rows.map((row) => [row.driver_id, row]));
    t.is(rows.length, 5);
    t.deepEqual(byDriver.get(1n), {
      driver_id: 1n,
      trips: 2n,
      eventTime: '2026-11-01T12:00:00.000Z',
      createdTime: '2026-11-01T12:05:00.000Z',
    });
    t.is(byDriver.get(2n)?.trips, 3n, 'the later created wins, wherever it stands');
    t.is(byDriver.get(3n)?.trips, null, 'a created time beats none, and a null feature is kept');
    t.is(byDriver.get(4n)?.trips, 8n, 'all equal: the last row in the source');
    t.is(byDriver.get(5n)?.createdTime, null);
  });

  test('contract: the window holds both its ends', async (t) => {
    const { store, load } = await open(t);
    const source = await load(DRIVERS);
    const read = async (start: string, end: string) => {
      const window = { start: new Date(start), end: new Date(end) };
      const { rows } = await readAll(store, source, { driver_id: 'Int64' }, { trips: 'Int64' }, window);
      return rows.map((row) => row.trips).sort();
    };
    t.deepEqual(await read('2026-11-01T10:00:00Z', '2026-11-01T10:00:00Z'), [1n]);
    t.deepEqual(await read('2026-11-01T10:00:00.001Z', '2026-11-01T11:59:59.999Z'), []);
    t.deepEqual(await read('2026-11-03T00:00:00Z', '2026-11-04T00:00:00Z'), [10n]);
  });

  test('contract: by created time: only rows created since, both with and without that time; the latest of these', async (t) => {
    const { store, load } = await open(t);
    const source = await load(DRIVERS, { createdTimestampColumn: 'created' });
    const read = (createdAfter: string) =>
      readAll(
        store,
        source,
        { driver_id: 'Int64' },
        { trips: 'Int64' },
        { end: new Date('2026-11-02T00:00:00Z'), createdAfter: new Date(createdAfter) },
      );
    const { rows, rowsRead } = await read('2026-11-01T12:05:00Z');
    t.is(rowsRead, 2);
    t.deepEqual(
      rows.map(({ driver_id, trips }) => [driver_id, trips]),
      [
        [1n, 2n],
        [2n, 3n],
      ],
    );
    t.is((await read('2026-11-01T12:09:00.001Z')).rowsRead, 0);
    const without = await load(DRIVERS);
    const since = { createdAfter: new Date('2026-11-01T00:00:00Z') };
    await t.throwsAsync(readAll(store, without, { driver_id: 'Int64' }, { trips: 'Int64' }, since), {
      code: 'SOURCE_COLUMN_MISSING',
      message: /created_timestamp_column/,
    });
  });

  test('contract: rows without a join key are counted and left out', async (t) => {
    const { store, load } = await open(t);
    const source = await load(DRIVERS);
    const { rows, rowsRead, nullKeyRows } = await readAll(
      store,
      source,
      { driver_id: 'Int64' },
      { trips: 'Int64' },
    );
    t.is(rowsRead, 10);
    t.is(nullKeyRows, 1);
    t.false(rows.some((row) => row.driver_id === null));
  });

  test('contract: an empty window gives no batches', async (t) => {
    const { store, load } = await open(t);
    const source = await load(DRIVERS);
    const window = { start: new Date('2020-01-01T00:00:00Z'), end: new Date('2020-01-02T00:00:00Z') };
    const result = await readAll(store, source, { driver_id: 'Int64' }, { trips: 'Int64' }, window);
    t.deepEqual(result, { rows: [], keys: [], rowsRead: 0, nullKeyRows: 0 });
  });

  test('contract: a view without entities has one row', async (t) => {
    const { store, load } = await open(t);
    const source = await load(DRIVERS);
    const window = { end: new Date('2026-11-02T00:00:00Z') };
    const { rows } = await readAll(store, source, { __dummy_id: 'String' }, { trips: 'Int64' }, window);
    t.deepEqual(rows, [{ __dummy_id: '', trips: 9n, eventTime: '2026-11-01T12:00:00.000Z' }]);
  });

  test('contract: several join keys, and names after field mapping', async (t) => {
    const { store, load } = await open(t);
    const source = await load(
      `SELECT * FROM (VALUES ('SEA', 'ATL', TIMESTAMP '2026-11-01 10:00:00', 1.5::DOUBLE),
        ('ATL', 'SEA', TIMESTAMP '2026-11-01 10:00:00', 2.5), (NULL, 'SEA', TIMESTAMP '2026-11-01 10:00:00', 3.5)
      ) AS t("from", destination, event_timestamp, d)`,
      { fieldMapping: { from: 'origin', d: 'delay' } },
    );
    const { rows, nullKeyRows } = await readAll(
      store,
      source,
      { origin: 'String', destination: 'String' },
      { delay: 'Float64' },
    );
    t.is(nullKeyRows, 1);
    t.deepEqual(
      rows.map(({ origin, destination, delay }) => [origin, destination, delay]),
      [
        ['SEA', 'ATL', 1.5],
        ['ATL', 'SEA', 2.5],
      ],
    );
  });

  test('contract: rows arrive in ascending order of their serialized keys', async (t) => {
    const { store, load } = await open(t);
    const source = await load(
      `SELECT (i * 7919 - 30000000)::BIGINT AS id, (i % 70000 - 35000)::INTEGER AS small,
        repeat('x', (i % 300)::INTEGER) || i::VARCHAR AS name, TIMESTAMP '2026-11-01 10:00:00' AS event_timestamp, i AS n
      FROM range(20000) r(i)`,
    );
    for (const keys of [{ id: 'Int64' }, { name: 'String', small: 'Int32' }, { small: 'Int32' }] as const) {
      const read = await readAll(store, source, keys, { n: 'Int64' });
      t.is(read.rows.length, 20_000);
      t.true(read.keys.every((key, i) => i === 0 || Buffer.compare(read.keys[i - 1]!, key) < 0));
    }
  });

  test('contract: a column that is not there is an error that names the nearest', async (t) => {
    const { store, load } = await open(t);
    const source = await load(DRIVERS);
    await t.throwsAsync(readAll(store, source, { driver_id: 'Int64' }, { tirps: 'Int64' }), {
      code: 'SOURCE_COLUMN_MISSING',
      message: /no column "tirps".*Did you mean "trips"/,
    });
    await t.throwsAsync(readAll(store, source, { drivr: 'Int64' }, { trips: 'Int64' }), {
      code: 'SOURCE_COLUMN_MISSING',
    });
  });

  test('contract: describe tells names and types', async (t) => {
    const { store, load } = await open(t);
    const columns = await store.describe(await load(DRIVERS));
    t.deepEqual(
      columns.map(({ name, type, isTimestamp }) => [name, type, isTimestamp]),
      [
        ['driver_id', 'Int64', false],
        ['event_timestamp', 'UnixTimestamp', true],
        ['created', 'UnixTimestamp', true],
        ['trips', 'Int64', false],
      ],
    );
  });

  test('contract: a stopped reader holds nothing, and the store reads on', async (t) => {
    const { store, load } = await open(t);
    const source = await load(
      "SELECT i AS id, TIMESTAMP '2026-11-01 10:00:00' AS event_timestamp FROM range(100000) r(i)",
    );
    const request: LatestRowsRequest = {
      source,
      joinKeys: fields({ id: 'Int64' }),
      features: [],
      start: new Date('2026-01-01T00:00:00Z'),
      end: new Date('2026-12-31T00:00:00Z'),
    };
    for await (const batch of (await store.latestRows(request)).batches) {
      t.true(batch.rowCount > 0);
      break;
    }
    t.is((await readAll(store, source, { id: 'Int64' }, {})).rows.length, 100_000);
  });
}
