/**
 * Materializes 1,000,000 entities × 10 doubles from Parquet into SQLite.
 * Arguments: number of entities.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { sectionOf } from '../src/config/section.js';
import type { FeatureView, Field, FileSource } from '../src/definitions/index.js';
import { materializeView } from '../src/materialization/index.js';
import { openDuckDBStore } from '../src/offline/duckdb/duckdb-store.js';
import { openSqliteStore } from '../src/online/sqlite/sqlite-store.js';

const entities = Number(process.argv[2] ?? 1_000_000);
const named = { description: '', tags: {}, owner: '' };
const field = (name: string, dtype: Field['dtype']): Field => ({ name, dtype, description: '', tags: {} });
const names = Array.from({ length: 10 }, (_, i) => `feature_${i}`);

async function writeSource(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '300MB' });
  const connection = await instance.connect();
  const doubles = names.map((name) => `random() AS ${name}`).join(', ');
  await connection.run(
    `COPY (SELECT i AS id, TIMESTAMP '2026-11-01 00:00:00' + INTERVAL (i % 3600) SECOND AS event_timestamp, ${doubles}
      FROM range(${entities}) r(i)) TO '${path}'`,
  );
  connection.closeSync();
  instance.closeSync();
}

const folder = mkdtempSync(join(tmpdir(), 'feast-scheduler-bench-'));
try {
  await writeSource(join(folder, 'rows.parquet'));
  const source: FileSource = {
    kind: 'file_source',
    name: 'rows',
    path: 'rows.parquet',
    format: 'parquet',
    timestampField: 'event_timestamp',
    createdTimestampColumn: '',
    fieldMapping: {},
    ...named,
  };
  const view: FeatureView = {
    kind: 'feature_view',
    name: 'stats',
    entities: ['id'],
    entityColumns: [field('id', 'Int64')],
    features: names.map((name) => field(name, 'Float64')),
    schema: [],
    ttl: 0,
    online: true,
    offline: false,
    enabled: true,
    source,
    streamSource: undefined,
    entityObjects: [],
    ...named,
  };
  const offline = await openDuckDBStore({ type: 'file', section: sectionOf({}) }, folder);
  const online = await openSqliteStore({ type: 'sqlite', section: sectionOf({}) }, folder);
  await online.updateInfra('bench', [view], []);
  const interval = { start: new Date('2026-11-01T00:00:00Z'), end: new Date('2026-11-02T00:00:00Z') };
  const options = { project: 'bench', view, offline, online, interval, recordInterval: async () => {} };
  for (const phase of ['first', 'again']) {
    const result = await materializeView(options);
    const figure = {
      bench: `materialize-sqlite ${phase}`,
      entities: result.written,
      features: names.length,
      seconds: Number(result.seconds.toFixed(2)),
      entities_per_second: Math.round(result.written / result.seconds),
      peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
    console.log(JSON.stringify(figure));
  }
  await online.close();
  await offline.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
