/**
 * Online stores shared with Python Feast: each side reads what the other wrote. See
 * scripts/interop.mjs.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { sectionOf } from '../../src/config/section.js';
import type { FeastType } from '../../src/definitions/index.js';
import { columnFromValues, encodeColumn, encodeEntityKeys, packedAt } from '../../src/encoding/index.js';
import type { EncodedBatch } from '../../src/online/encoded-batch.js';
import { openMysqlStore } from '../../src/online/mysql/mysql-store.js';
import type { OnlineStore } from '../../src/online/online-store.js';
import { openPostgresStore } from '../../src/online/postgres/postgres-store.js';
import { openRedisStore } from '../../src/online/redis/redis-store.js';
import { openSqliteStore } from '../../src/online/sqlite/sqlite-store.js';
import { featureView, fileSource } from '../helpers/definitions.js';
import { temporaryFolder } from '../helpers/fixtures.js';
import { MYSQL, POSTGRES, startRedis, uniqueName } from '../helpers/services.js';

const python = process.env.FEAST_PYTHON!;
const program = fileURLToPath(new URL('../../../test/interop/feast_online.py', import.meta.url));

const FEATURES = {
  trips: 'Int64',
  name: 'String',
  rate: 'Float64',
  ok: 'Bool',
  seen: 'UnixTimestamp',
  vec: 'Array(Float32)',
} as const satisfies Record<string, FeastType>;
const VIEW = featureView('drivers', { id: 'Int64' }, FEATURES, fileSource('rows.parquet'));
const IDS = [1, -7, 2n ** 53n + 1n, 4];
const EVENTS = [1_793_491_200, 1_793_491_201, 5, 1_793_491_203];
const COLUMNS: Record<keyof typeof FEATURES, unknown[]> = {
  trips: [2n ** 63n - 1n, -(2n ** 63n), 0, null],
  name: ['Zürich ✈ 東京', '', "it's \\ quoted", null],
  rate: [1.1, -0, Infinity, null],
  ok: [true, false, true, null],
  seen: [1_700_000_000, -1, 0, null],
  vec: [[0.1, 0.2], [], [1], null],
};

type Row = { event: number; values: Record<string, string> } | null;

function keysOf(ids: readonly (number | bigint)[]) {
  return encodeEntityKeys([columnFromValues('id', 'Int64', ids)]);
}

function batch(): EncodedBatch {
  const names = Object.keys(FEATURES) as (keyof typeof FEATURES)[];
  return {
    rowCount: IDS.length,
    keys: keysOf(IDS),
    features: names.map((name) => ({
      name,
      ...encodeColumn(columnFromValues(name, FEATURES[name], COLUMNS[name])),
    })),
    eventTimes: BigInt64Array.from(EVENTS, (seconds) => BigInt(seconds) * 1_000_000n),
    createdTimes: undefined,
  };
}

/** What is stored, as either side tells it. */
function expected(): Row[] {
  const { features } = batch();
  return IDS.map((_, row) => ({
    event: EVENTS[row]!,
    values: Object.fromEntries(
      features.map(({ name, values }) => [name, Buffer.from(packedAt(values, row)).toString('hex')]),
    ),
  }));
}

async function runFeast(mode: 'read' | 'write', folder: string, request: object): Promise<Row[]> {
  const output = await new Promise<string>((resolve, reject) => {
    const env = { ...process.env, TZ: 'UTC' };
    const child = execFile(python!, [program, mode], { cwd: folder, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr));
      else resolve(stdout);
    });
    // JSON has no bigints; Python's reader takes the digits as they are
    child.stdin!.end(
      JSON.stringify(request, (_, value) => (typeof value === 'bigint' ? `#${value}#` : value)).replaceAll(
        /"#(-?\d+)#"/g,
        '$1',
      ),
    );
  });
  return JSON.parse(/^ANSWER (.*)$/m.exec(output)?.[1] ?? '[]') as Row[];
}

interface Shared {
  readonly store: OnlineStore;
  readonly section: Record<string, unknown>;
  readonly folder: string;
}

async function exchange(t: ExecutionContext, share: (t: ExecutionContext) => Promise<Shared>): Promise<void> {
  const features = FEATURES;
  const names = Object.keys(features);
  const ids = [...IDS, 99];
  {
    const { store, section, folder } = await share(t);
    writeRepository(folder, section);
    await store.updateInfra('demo', [VIEW], []);
    await store.write('demo', VIEW, batch());
    t.deepEqual(await runFeast('read', folder, { features, ids }), [...expected(), null], 'Feast reads ours');
  }
  const { store, section, folder } = await share(t);
  writeRepository(folder, section);
  const rows = expected().map((row, i) => ({ id: IDS[i], ...row }));
  await runFeast('write', folder, { features, rows });
  // its tables are there already
  await store.updateInfra('demo', [VIEW], []);
  const keys = keysOf(ids);
  const read = await store.read(
    'demo',
    VIEW,
    [...ids.keys()].map((row) => packedAt(keys, row)),
    names,
  );
  const shown = read.map((row) => {
    if (row === undefined) return null;
    const hex = names.map((name) => [name, Buffer.from(row.values.get(name)!).toString('hex')]);
    return { event: row.eventTime.getTime() / 1000, values: Object.fromEntries(hex) };
  });
  t.deepEqual(shown, [...expected(), null], 'we read what Feast wrote');
  t.deepEqual(await store.write('demo', VIEW, batch()), { written: IDS.length, skippedOlder: 0 });
}

function writeRepository(folder: string, section: Record<string, unknown>): void {
  const config = {
    project: 'demo',
    provider: 'local',
    registry: 'registry.pb',
    entity_key_serialization_version: 3,
    online_store: section,
  };
  // JSON is YAML
  writeFileSync(join(folder, 'feature_store.yaml'), JSON.stringify(config));
}

test('sqlite', (t) =>
  exchange(t, async () => {
    const folder = temporaryFolder(t);
    const store = await openSqliteStore(
      { type: 'sqlite', section: sectionOf({ path: 'online.db' }) },
      folder,
    );
    t.teardown(() => store.close());
    return { store, folder, section: { type: 'sqlite', path: 'online.db' } };
  }));

test('redis', (t) =>
  exchange(t, async () => {
    const folder = temporaryFolder(t);
    const server = await startRedis(folder);
    t.teardown(() => void server.process.kill());
    const section = { connection_string: `127.0.0.1:${server.port},db=3`, key_ttl_seconds: 1000 };
    const store = await openRedisStore({ type: 'redis', section: sectionOf(section) }, folder);
    t.teardown(() => store.close());
    return { store, folder, section: { type: 'redis', ...section } };
  }));

test('postgres', (t) =>
  exchange(t, async () => {
    const section = { ...POSTGRES, sslmode: 'disable', db_schema: uniqueName() };
    const store = await openPostgresStore({ type: 'postgres', section: sectionOf(section) }, '/');
    t.teardown(async () => {
      await store.close();
      const client = new pg.Client({ ...POSTGRES, ssl: false });
      await client.connect();
      await client.query(`DROP SCHEMA IF EXISTS ${section.db_schema} CASCADE`);
      await client.end();
    });
    return { store, folder: temporaryFolder(t), section: { type: 'postgres', ...section } };
  }));

test('mysql', (t) =>
  exchange(t, async () => {
    const name = uniqueName();
    const connection = await createConnection(MYSQL);
    await connection.query(`CREATE DATABASE ${name}`);
    // Feast cannot have an empty password
    await connection.query(`CREATE USER '${name}'@'%' IDENTIFIED BY '${name}'`);
    await connection.query(`GRANT ALL ON ${name}.* TO '${name}'@'%'`);
    const { host, port } = MYSQL;
    const section = { host, port, user: name, password: name, database: name };
    const store = await openMysqlStore({ type: 'mysql', section: sectionOf(section) });
    t.teardown(async () => {
      await store.close();
      await connection.query(`DROP DATABASE ${name}`);
      await connection.query(`DROP USER '${name}'@'%'`);
      await connection.end();
    });
    return { store, folder: temporaryFolder(t), section: { type: 'mysql', ...section } };
  }));
