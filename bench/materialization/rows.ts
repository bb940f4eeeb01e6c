import { DuckDBInstance } from '@duckdb/node-api';
import type { FeatureView, Field, FileSource } from '../../src/definitions/index.js';

const named = { description: '', tags: {}, owner: '' };
const field = (name: string, dtype: Field['dtype']): Field => ({ name, dtype, description: '', tags: {} });

export const PROJECT = 'bench';
export const FEATURES = Array.from({ length: 10 }, (_, i) => `feature_${i}`);
export const INTERVAL = { start: new Date('2026-11-01T00:00:00Z'), end: new Date('2026-11-02T00:00:00Z') };

const SOURCE: FileSource = {
  kind: 'file_source',
  name: 'rows',
  path: 'rows.parquet',
  format: 'parquet',
  timestampField: 'event_timestamp',
  createdTimestampColumn: '',
  fieldMapping: {},
  ...named,
};

/** Ten doubles for each id. */
export const VIEW: FeatureView = {
  kind: 'feature_view',
  name: 'stats',
  entities: ['id'],
  entityColumns: [field('id', 'Int64')],
  features: FEATURES.map((name) => field(name, 'Float64')),
  schema: [],
  ttl: 0,
  online: true,
  offline: false,
  enabled: true,
  source: SOURCE,
  streamSource: undefined,
  entityObjects: [],
  ...named,
};

/** Writes the view's source: a row an entity, within one hour. */
export async function writeSource(path: string, entities: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '300MB' });
  const connection = await instance.connect();
  const doubles = FEATURES.map((name) => `random() AS ${name}`).join(', ');
  await connection.run(
    `COPY (SELECT i AS id, TIMESTAMP '2026-11-01 00:00:00' + INTERVAL (i % 3600) SECOND AS event_timestamp, ${doubles}
      FROM range(${entities}) r(i)) TO '${path}'`,
  );
  connection.closeSync();
  instance.closeSync();
}
