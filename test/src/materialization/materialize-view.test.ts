import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { sectionOf } from '../../../src/config/section.js';
import type { Interval } from '../../../src/definitions/index.js';
import { columnFromValues, decodeValue, encodeEntityKeys, packedAt } from '../../../src/encoding/index.js';
import { materializeView, materializeWindows } from '../../../src/materialization/index.js';
import { openDuckDBStore } from '../../../src/offline/duckdb/duckdb-store.js';
import type { OnlineStore } from '../../../src/online/online-store.js';
import { openSqliteStore } from '../../../src/online/sqlite/sqlite-store.js';
import { featureView, fileSource } from '../../helpers/definitions.js';
import { writeRows } from '../../helpers/duckdb-files.js';
import { temporaryFolder } from '../../helpers/fixtures.js';

const view = featureView('stats', { id: 'Int64' }, { n: 'Int64' }, fileSource('rows.parquet'));
const interval: Interval = { start: new Date('2026-11-01T00:00:00Z'), end: new Date('2026-11-02T00:00:00Z') };

async function prepare(t: ExecutionContext, select: string) {
  const folder = temporaryFolder(t);
  await writeRows(join(folder, 'rows.parquet'), select);
  const offline = await openDuckDBStore({ type: 'file', section: sectionOf({}) }, folder);
  const online = await openSqliteStore({ type: 'sqlite', section: sectionOf({}) }, folder);
  await online.updateInfra('demo', [view], []);
  t.teardown(async () => {
    await online.close();
    await offline.close();
  });
  const recorded: Interval[] = [];
  const options = {
    project: 'demo',
    view,
    offline,
    online,
    interval,
    recordInterval: async (_: unknown, done: Interval) => void recorded.push(done),
  };
  return { options, online, recorded };
}

async function read(online: OnlineStore, ids: number[]) {
  const packed = encodeEntityKeys([columnFromValues('id', 'Int64', ids)]);
  const rows = await online.read(
    'demo',
    view,
    ids.map((_, i) => packedAt(packed, i)),
    ['n'],
  );
  return rows.map((row) => row && decodeValue(row.values.get('n')!));
}

const MANY = `SELECT i AS id, i * 2 AS n, TIMESTAMP '2026-11-01 10:00:00' AS event_timestamp FROM range(50000) r(i)`;

test('every entity is written once, progress is told, the interval recorded once and last', async (t) => {
  const { options, online, recorded } = await prepare(
    t,
    `${MANY} UNION ALL SELECT NULL, 1, TIMESTAMP '2026-11-01 10:00:00' UNION ALL SELECT 7, -1, TIMESTAMP '2026-11-01 09:00:00'`,
  );
  const progress: number[] = [];
  const result = await materializeView({
    ...options,
    onProgress: ({ entities, rowsRead, view: name }) => {
      t.is(rowsRead, 50_002);
      t.is(name, 'stats');
      t.is(recorded.length, 0);
      progress.push(entities);
    },
  });
  t.like(result, {
    view: 'stats',
    interval,
    rowsRead: 50_002,
    nullKeyRows: 1,
    written: 50_000,
    skippedOlder: 0,
  });
  t.true(result.bytes > 50_000 * 30 && result.seconds > 0);
  t.deepEqual(
    progress,
    progress.toSorted((a, b) => a - b),
  );
  t.true(progress.length > 1);
  t.is(progress.at(-1), 50_000);
  t.deepEqual(recorded, [interval]);
  t.deepEqual(await read(online, [0, 7, 49_999, 50_000]), [0, 14, 99_998, undefined]);

  const again = await materializeView(options);
  t.like(again, { written: 50_000, skippedOlder: 0 });
});

test('an older window leaves newer rows alone and says so', async (t) => {
  const { options, online } = await prepare(
    t,
    `SELECT * FROM (VALUES (1, 1, TIMESTAMP '2026-11-01 10:00:00'), (1, 2, TIMESTAMP '2026-11-03 10:00:00'), (2, 3, TIMESTAMP '2026-11-01 10:00:00')) t(id, n, event_timestamp)`,
  );
  await materializeView({
    ...options,
    interval: { start: new Date('2026-11-02'), end: new Date('2026-11-04') },
  });
  t.like(await materializeView(options), { written: 1, skippedOlder: 1 });
  t.deepEqual(await read(online, [1, 2]), [2, 3]);
});

test('an empty window is materialized: its interval is recorded', async (t) => {
  const { options, recorded } = await prepare(t, MANY);
  const empty = { start: new Date('2020-01-01'), end: new Date('2020-01-02') };
  t.like(await materializeView({ ...options, interval: empty }), { rowsRead: 0, written: 0 });
  t.deepEqual(recorded, [empty]);
});

test('stopped half-way: an error, no interval, and a repetition completes it', async (t) => {
  const { options, online, recorded } = await prepare(t, MANY);
  const abort = new AbortController();
  await t.throwsAsync(
    materializeView({ ...options, signal: abort.signal, onProgress: () => abort.abort() }),
    { code: 'MATERIALIZATION_ABORTED', message: /stats/ },
  );
  t.deepEqual(recorded, []);
  await t.throwsAsync(materializeView({ ...options, signal: abort.signal }), {
    code: 'MATERIALIZATION_ABORTED',
  });
  await materializeView(options);
  t.deepEqual(recorded, [interval]);
  t.deepEqual(await read(online, [49_999]), [99_998]);
});

test('a write that fails, or an interval that cannot be recorded, fails the materialization', async (t) => {
  const { options, online, recorded } = await prepare(t, MANY);
  await t.throwsAsync(
    materializeView({
      ...options,
      recordInterval: async () => Promise.reject(new Error('registry is gone')),
    }),
    { message: 'registry is gone' },
  );
  await online.updateInfra('demo', [], [online.infraFor('demo', view)]);
  await t.throwsAsync(materializeView(options), { code: 'ONLINE_STORE_MISSING_TABLE' });
  t.deepEqual(recorded, []);
});

test('windows: each is recorded before the next; stopped half-way, what is recorded is done and counts run on', async (t) => {
  const { options, online, recorded } = await prepare(
    t,
    `SELECT i AS id, i AS n, TIMESTAMP '2026-11-01 00:30:00' + INTERVAL 1 HOUR * i AS event_timestamp FROM range(4) r(i)`,
  );
  const hour = (n: number) => new Date(Date.UTC(2026, 10, 1, n));
  const windows = [0, 1, 2, 3].map((n) => ({ start: hour(n), end: hour(n + 1) }));
  const abort = new AbortController();
  const seen: number[] = [];
  const onProgress = ({ entities, rowsRead }: { entities: number; rowsRead: number }) => {
    seen.push(entities);
    t.is(rowsRead, entities);
    if (entities === 3) abort.abort();
  };
  await t.throwsAsync(
    materializeWindows(
      {
        ...options,
        onProgress,
        signal: abort.signal,
      },
      { windows, late: undefined },
    ),
    { code: 'MATERIALIZATION_ABORTED' },
  );
  t.deepEqual(seen, [1, 2, 3]);
  t.deepEqual(recorded, windows.slice(0, 3));
  t.deepEqual(await read(online, [2, 3]), [2, undefined]);
  const result = await materializeWindows(options, { windows: windows.slice(3), late: undefined });
  t.like(result, { view: 'stats', interval, rowsRead: 1, written: 1 });
});
