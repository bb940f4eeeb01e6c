import type { ExecutionContext, TestFn } from 'ava';
import {
  columnFromValues,
  decodeValue,
  encodeColumn,
  encodeEntityKeys,
  packBytes,
  packedAt,
} from '../../src/encoding/index.js';
import { type EncodedBatch, NO_CREATED_TIME } from '../../src/online/encoded-batch.js';
import type { OnlineStore } from '../../src/online/online-store.js';
import { featureView, fileSource } from '../helpers/definitions.js';
import { readJsonFixture } from '../helpers/fixtures.js';

/** A row to write: seconds of event and created time, and values. */
export interface TestRow {
  readonly id: number | bigint;
  readonly event: number;
  readonly created?: number;
  readonly trips?: number | bigint | null;
  readonly name?: string | null;
}

export const PROJECT = 'demo';
export const VIEW = featureView(
  'drivers',
  { id: 'Int64' },
  { trips: 'Int64', name: 'String' },
  fileSource('x'),
);

export function batchOf(rows: readonly TestRow[]): EncodedBatch {
  const column = (name: 'trips' | 'name', type: 'Int64' | 'String') =>
    encodeColumn(
      columnFromValues(
        name,
        type,
        rows.map((row) => row[name] ?? null),
      ),
    );
  const micros = (seconds: number | undefined) =>
    seconds === undefined ? NO_CREATED_TIME : BigInt(Math.round(seconds * 1e6));
  return {
    rowCount: rows.length,
    keys: encodeEntityKeys([
      columnFromValues(
        'id',
        'Int64',
        rows.map((row) => row.id),
      ),
    ]),
    features: [
      { name: 'trips', ...column('trips', 'Int64') },
      { name: 'name', ...column('name', 'String') },
    ],
    eventTimes: BigInt64Array.from(rows, (row) => micros(row.event)),
    createdTimes: BigInt64Array.from(rows, (row) => micros(row.created)),
  };
}

export function keyOf(id: number | bigint): Uint8Array {
  return packedAt(encodeEntityKeys([columnFromValues('id', 'Int64', [id])]), 0);
}

/** What the store holds, for comparisons. */
export async function readBack(store: OnlineStore, ids: readonly (number | bigint)[]): Promise<unknown[]> {
  const rows = await store.read(PROJECT, VIEW, ids.map(keyOf), ['trips', 'name']);
  return rows.map((row) => {
    if (row === undefined) return undefined;
    const values = Object.fromEntries([...row.values].map(([name, value]) => [name, decodeValue(value)]));
    return { event: row.eventTime.getTime() / 1000, ...values };
  });
}

/** A small generator, so that "random" orders are the same in every run. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the format of a store can hold. */
export interface StoreTraits {
  /** each view has a table, without which it can be neither written nor read */
  readonly tables: boolean;
  /** created times decide between equal event times */
  readonly createdTimes: boolean;
  /** event times differ that are this many seconds apart */
  readonly resolution: number;
  /** event times before 1970 */
  readonly before1970: boolean;
  /** bytes of a value at most */
  readonly longestValue: number;
}

/**
 * What every online store does, whatever lies behind it.
 * @param open a store that holds nothing and that no other test uses; another handle on it for `beside`
 */
export function onlineStoreContract(
  test: TestFn,
  traits: StoreTraits,
  open: (t: ExecutionContext, beside?: OnlineStore) => Promise<OnlineStore>,
): void {
  async function prepared(t: ExecutionContext) {
    const store = await open(t);
    await store.updateInfra(PROJECT, [VIEW], []);
    return store;
  }

  test('contract: what was written is read, in the order asked, and what was not is undefined', async (t) => {
    const store = await prepared(t);
    const big = 2n ** 53n + 1n;
    const result = await store.write(
      PROJECT,
      VIEW,
      batchOf([
        { id: 1, event: 100, created: 110, trips: 7, name: 'é' },
        { id: -9, event: 200, trips: big, name: '' },
        { id: 3, event: 300.75, trips: null, name: null },
      ]),
    );
    t.deepEqual(result, { written: 3, skippedOlder: 0 });
    t.deepEqual(await readBack(store, [3, 77, 1, -9]), [
      { event: traits.resolution < 1 ? 300.75 : 300, trips: null, name: null },
      undefined,
      { event: 100, trips: 7, name: 'é' },
      { event: 200, trips: big, name: '' },
    ]);
  });

  test('contract: only the features asked for are read', async (t) => {
    const store = await prepared(t);
    await store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1, trips: 7, name: 'x' }]));
    const [row] = await store.read(PROJECT, VIEW, [keyOf(1)], ['name', 'unknown']);
    t.deepEqual([...row!.values.keys()], ['name']);
    t.deepEqual(await store.read(PROJECT, VIEW, [], ['name']), []);
  });

  test('contract: a newer row replaces, an older one is left out and counted, an equal one replaces', async (t) => {
    const store = await prepared(t);
    const write = (rows: TestRow[]) => store.write(PROJECT, VIEW, batchOf(rows));
    await write([
      { id: 1, event: 100, created: 50, trips: 1 },
      { id: 2, event: 100, trips: 1 },
    ]);
    t.deepEqual(
      await write([
        { id: 1, event: 99, created: 500, trips: 2 },
        { id: 2, event: 101, trips: 2 },
      ]),
      { written: 1, skippedOlder: 1 },
    );
    t.deepEqual(await readBack(store, [1, 2]), [
      { event: 100, trips: 1, name: null },
      { event: 101, trips: 2, name: null },
    ]);
    t.deepEqual(await write([{ id: 1, event: 100, created: 50, trips: 5 }]), { written: 1, skippedOlder: 0 });
    t.deepEqual(await write([{ id: 2, event: 101, created: 1, trips: 6 }]), { written: 1, skippedOlder: 0 });
    t.deepEqual(await readBack(store, [1, 2]), [
      { event: 100, trips: 5, name: null },
      { event: 101, trips: 6, name: null },
    ]);
  });

  if (traits.createdTimes) {
    test('contract: of equal event times the later created stays, and one without is least', async (t) => {
      const store = await prepared(t);
      const write = (row: TestRow) => store.write(PROJECT, VIEW, batchOf([row]));
      await write({ id: 1, event: 100, created: 50, trips: 1 });
      t.deepEqual(await write({ id: 1, event: 100, created: 49, trips: 3 }), { written: 0, skippedOlder: 1 });
      t.deepEqual(await write({ id: 1, event: 100, trips: 4 }), { written: 0, skippedOlder: 1 });
      t.deepEqual(await write({ id: 1, event: 100, created: 51, trips: 5 }), { written: 1, skippedOlder: 0 });
      t.deepEqual(await write({ id: 1, event: 101, created: 2, trips: 6 }), { written: 1, skippedOlder: 0 });
      t.deepEqual(await write({ id: 1, event: 101, created: 1, trips: 7 }), { written: 0, skippedOlder: 1 });
      t.deepEqual(await readBack(store, [1]), [{ event: 101, trips: 6, name: null }]);
    });
  } else {
    test('contract: without created times the last written of equal event times stays', async (t) => {
      const store = await prepared(t);
      await store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 100, created: 50, trips: 1 }]));
      await store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 100, created: 49, trips: 2 }]));
      t.deepEqual(await readBack(store, [1]), [{ event: 100, trips: 2, name: null }]);
    });
  }

  test('contract: event times are told apart as finely as the format keeps them', async (t) => {
    const store = await prepared(t);
    const write = (row: TestRow) => store.write(PROJECT, VIEW, batchOf([row]));
    const apart = Math.max(traits.resolution, 1e-6);
    await write({ id: 1, event: 1000 + apart, trips: 1 });
    t.like(await write({ id: 1, event: 1000, trips: 2 }), { skippedOlder: 1 });
    await write({ id: 2, event: 1000.5, trips: 1 });
    t.like(await write({ id: 2, event: 1000.25, trips: 2 }), { written: traits.resolution < 1 ? 0 : 1 });
    t.like((await readBack(store, [2]))[0], { event: traits.resolution < 1 ? 1000.5 : 1000 });
  });

  if (traits.before1970) {
    test('contract: event times before 1970', async (t) => {
      const store = await prepared(t);
      const write = (row: TestRow) => store.write(PROJECT, VIEW, batchOf([row]));
      await write({ id: 1, event: -1.5, trips: 1 });
      t.like((await readBack(store, [1]))[0], { event: traits.resolution < 1 ? -1.5 : -2 });
      t.like(await write({ id: 1, event: -3, trips: 2 }), { skippedOlder: 1 });
      t.like(await write({ id: 1, event: 0, trips: 3 }), { written: 1 });
      t.like(await write({ id: 1, event: -0.5, trips: 4 }), { skippedOlder: 1 });
      t.like((await readBack(store, [1]))[0], { event: 0, trips: 3 });
      // the first year of the calendar, as no source should hold and some do
      t.like(await write({ id: 2, event: -62_135_596_800, trips: 5 }), { written: 1 });
      t.like((await readBack(store, [2]))[0], { event: -62_135_596_800, trips: 5 });
    });
  } else {
    test('contract: an event time that the format cannot hold is refused by name', async (t) => {
      const store = await prepared(t);
      const rows = [
        { id: 1, event: 5, trips: 1 },
        { id: 2, event: -1.5, trips: 1 },
      ];
      await t.throwsAsync(store.write(PROJECT, VIEW, batchOf(rows)), {
        code: 'VALUE_INVALID',
        message: /1969-12-31T23:59:58/,
      });
      t.deepEqual(await readBack(store, [1, 2]), [undefined, undefined]);
    });
  }

  test('contract: every value that Feast can store comes back to the byte', async (t) => {
    const golden = readJsonFixture<{ values: { kind: string | null; hex: string }[] }>('golden/values.json');
    const store = await open(t);
    const names = golden.values.map(({ kind }, i) => `${kind}_${i}`);
    const view = featureView(
      'every',
      { id: 'Int64' },
      Object.fromEntries(names.map((name) => [name, 'Bytes'])),
      fileSource('x'),
    );
    await store.updateInfra(PROJECT, [view], []);
    const { keys, eventTimes } = batchOf([{ id: 1, event: 1 }]);
    const features = golden.values.map(({ hex }, i) => ({
      name: names[i]!,
      values: packBytes([Buffer.from(hex, 'hex')]),
      text: undefined,
    }));
    await store.write(PROJECT, view, { rowCount: 1, keys, features, eventTimes, createdTimes: undefined });
    const [row] = await store.read(PROJECT, view, [keyOf(1)], names);
    const read = names.map((name) => Buffer.from(row!.values.get(name)!).toString('hex'));
    t.deepEqual(
      read,
      golden.values.map(({ hex }) => hex),
    );
  });

  test('contract: values at the edge of their types', async (t) => {
    const store = await open(t);
    const columns = {
      Float64: [Number.NaN, Infinity, -Infinity, -0, 5e-324, 1.1, null],
      Int64: [2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 0, -1, 7, null],
      String: ['', 'Zürich ✈ 東京 😀', 'it\'s \\ "quoted"\n\t', '\0 \x01', '\\N', '\\.', null],
      'Array(Int64)': [[], [1n, -1n], [2n ** 62n], [0], [1], [2], null],
      Bool: [true, false, true, false, true, false, null],
      UnixTimestamp: [-1, 0, 1, 253_402_300_799, -62_135_596_800, 5, null],
    } as const;
    const types = Object.keys(columns) as (keyof typeof columns)[];
    const view = featureView(
      'edges',
      { id: 'Int64' },
      Object.fromEntries(types.map((type) => [type, type])),
      fileSource('x'),
    );
    await store.updateInfra(PROJECT, [view], []);
    const ids = [1, 2, 3, 4, 5, 6, 7];
    const { keys, eventTimes } = batchOf(ids.map((id) => ({ id, event: 1 })));
    const features = types.map((type) => ({
      name: type,
      ...encodeColumn(columnFromValues(type, type, columns[type])),
    }));
    const batch = { rowCount: 7, keys, features, eventTimes, createdTimes: undefined };
    t.like(await store.write(PROJECT, view, batch), { written: 7 });
    const rows = await store.read(PROJECT, view, ids.map(keyOf), types);
    for (const [f, type] of types.entries()) {
      for (const [i, row] of rows.entries()) {
        const expected = Buffer.from(packedAt(features[f]!.values, i)).toString('hex');
        t.is(Buffer.from(row!.values.get(type)!).toString('hex'), expected, `${type} of row ${i}`);
      }
    }
    t.is(decodeValue(rows[3]!.values.get('Float64')!), -0);
  });

  test('contract: projects and views lie side by side', async (t) => {
    const store = await open(t);
    const other = { ...VIEW, name: 'other' };
    // the name of one ends with that of the other
    const projects = [PROJECT, `my_${PROJECT}`];
    for (const [i, project] of projects.entries()) {
      await store.updateInfra(project, [VIEW, other], []);
      for (const [j, view] of [VIEW, other].entries()) {
        await store.write(project, view, batchOf([{ id: 1, event: 1, trips: 10 * i + j, name: project }]));
      }
    }
    await store.updateInfra(PROJECT, [], [store.infraFor(PROJECT, other)]);
    const tripsOf = async (project: string, view: typeof VIEW) => {
      const [row] = await store.read(project, view, [keyOf(1)], ['trips']);
      return row && decodeValue(row.values.get('trips')!);
    };
    t.is(await tripsOf(projects[0]!, VIEW), 0);
    t.is(await tripsOf(projects[1]!, VIEW), 10);
    t.is(await tripsOf(projects[1]!, other), 11);
    await store.updateInfra(PROJECT, [other], []);
    t.is(await tripsOf(projects[0]!, other), undefined);
  });

  test('contract: writers at the same time leave the newest of each entity', async (t) => {
    const store = await prepared(t);
    const stores = [store, await open(t, store), await open(t, store)];
    const random = mulberry(20261120);
    const newest = new Map<number, number>();
    const batches = Array.from({ length: 24 }, (_, batch) => {
      const event = 1000 + Math.floor(random() * 1000) * 24 + batch;
      const ids = Array.from({ length: 700 }, (_, id) => id).filter(() => random() < 0.7);
      for (const id of ids) newest.set(id, Math.max(event, newest.get(id) ?? 0));
      return batchOf(ids.map((id) => ({ id, event, trips: event, name: `${event}` })));
    });
    await Promise.all(batches.map((batch, i) => stores[i % stores.length]!.write(PROJECT, VIEW, batch)));
    const ids = [...newest.keys()];
    t.deepEqual(
      await readBack(store, ids),
      ids.map((id) => {
        const event = newest.get(id)!;
        return { event, trips: event, name: `${event}` };
      }),
    );
  });

  test('contract: any order of writes, repeated or not, gives the same store', async (t) => {
    const random = mulberry(20261101);
    const rows: TestRow[] = Array.from({ length: 60 }, (_, i) => ({
      id: Math.floor(random() * 8),
      event: Math.floor(random() * 12) + (traits.before1970 ? -6 : 1),
      ...(random() < 0.3 ? {} : { created: 1 + Math.floor(random() * 12) }),
      trips: i,
      name: `row ${i}`,
    }));
    // of rows equal in both times the last written stays, so only one of them takes part
    const timesOf = (row: TestRow) =>
      `${row.id}/${row.event}/${traits.createdTimes ? row.created : undefined}`;
    const distinct = [...new Map(rows.map((row) => [timesOf(row), row])).values()];
    const ids = [0, 1, 2, 3, 4, 5, 6, 7];
    const results: unknown[] = [];
    for (let order = 0; order < 6; order++) {
      const shuffled = [...distinct, ...(order % 2 === 0 ? [] : distinct.slice(0, 20))]
        .map((row) => [random(), row] as const)
        .sort(([a], [b]) => a - b)
        .map(([, row]) => row);
      const store = await prepared(t);
      while (shuffled.length > 0) {
        const batch = new Map(shuffled.splice(0, 1 + Math.floor(random() * 5)).map((row) => [row.id, row]));
        for (const row of shuffled.length % 2 === 0 ? batch.values() : [])
          await store.write(PROJECT, VIEW, batchOf([row]));
        await store.write(PROJECT, VIEW, batchOf([...batch.values()]));
      }
      // rows that a batch's Map dropped as doubles of an entity come again, one by one
      for (const row of distinct) await store.write(PROJECT, VIEW, batchOf([row]));
      results.push(await readBack(store, ids));
    }
    const expected = ids.map((id) => {
      const [best] = distinct
        .filter((row) => row.id === id)
        .sort((a, b) => b.event - a.event || (b.created ?? -Infinity) - (a.created ?? -Infinity));
      return best && { event: best.event, trips: best.trips, name: best.name };
    });
    for (const result of results) t.deepEqual(result, expected);
  });

  test('contract: values of every length in one batch', async (t) => {
    const store = await prepared(t);
    const lengths = [0, 1, 7, 8, 9, 127, 128, 9998, 9999, 10_000, 300_000].filter(
      (length) => 2 * length + 6 <= traits.longestValue,
    );
    const rows = lengths.map((length, i) => ({ id: i, event: 1, trips: i, name: 'é'.repeat(length) }));
    await store.write(PROJECT, VIEW, batchOf(rows));
    await store.write(PROJECT, VIEW, batchOf(rows.slice(0, 6).map((row) => ({ ...row, id: row.id + 100 }))));
    const read = (await readBack(
      store,
      rows.map((row) => row.id),
    )) as { name: string }[];
    t.deepEqual(
      read.map((row) => row.name.length),
      lengths,
    );
    t.deepEqual(await readBack(store, [103]), [{ event: 1, trips: 3, name: 'é'.repeat(8) }]);
  });

  test('contract: many batches, many rows', async (t) => {
    const store = await prepared(t);
    for (let start = 0; start < 30_000; start += 10_000) {
      const rows = Array.from({ length: 10_000 }, (_, i) => ({
        id: start + i,
        event: 1,
        trips: start + i,
        name: `n${start + i}`,
      }));
      t.deepEqual(await store.write(PROJECT, VIEW, batchOf(rows)), { written: 10_000, skippedOlder: 0 });
    }
    t.deepEqual(await readBack(store, [0, 9_999, 10_000, 29_999, 30_000]), [
      { event: 1, trips: 0, name: 'n0' },
      { event: 1, trips: 9_999, name: 'n9999' },
      { event: 1, trips: 10_000, name: 'n10000' },
      { event: 1, trips: 29_999, name: 'n29999' },
      undefined,
    ]);
  });

  test('contract: an empty batch is nothing', async (t) => {
    const store = await prepared(t);
    t.deepEqual(await store.write(PROJECT, VIEW, batchOf([])), { written: 0, skippedOlder: 0 });
  });

  if (traits.tables) {
    test('contract: without its infrastructure a view can be neither written nor read', async (t) => {
      const store = await open(t);
      const expected = { code: 'ONLINE_STORE_MISSING_TABLE', message: /demo_drivers.*apply/ };
      await t.throwsAsync(store.read(PROJECT, VIEW, [keyOf(1)], ['trips']), expected);
      await t.throwsAsync(store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1 }])), expected);
    });
  }

  test('contract: infrastructure is made once, dropped once, and leaves other views alone', async (t) => {
    const store = await open(t);
    const other = { ...VIEW, name: 'other' };
    await store.updateInfra(PROJECT, [VIEW, other], []);
    await store.write(PROJECT, VIEW, batchOf([{ id: 1, event: 1, trips: 1 }]));
    await store.write(PROJECT, other, batchOf([{ id: 1, event: 1, trips: 2 }]));
    await store.updateInfra(PROJECT, [VIEW, other], []);
    t.deepEqual(
      await readBack(store, [1]),
      [{ event: 1, trips: 1, name: null }],
      'applying again keeps rows',
    );
    const gone = store.infraFor(PROJECT, VIEW);
    await store.updateInfra(PROJECT, [], [gone]);
    await store.updateInfra(PROJECT, [], [gone]);
    if (traits.tables) {
      await t.throwsAsync(readBack(store, [1]), { code: 'ONLINE_STORE_MISSING_TABLE' });
    } else t.deepEqual(await readBack(store, [1]), [undefined]);
    t.truthy((await store.read(PROJECT, other, [keyOf(1)], ['trips']))[0]);
    await store.updateInfra(PROJECT, [VIEW], []);
    t.deepEqual(await readBack(store, [1]), [undefined]);
  });
}
