/**
 * Materializes 1,000,000 entities × 10 doubles from Parquet into PostgreSQL (POSTGRES_HOST, POSTGRES_PORT).
 * Arguments: number of entities, number of entities for Feast.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { sectionOf } from '../src/config/section.js';
import { COPIED_COLUMNS, copyRows } from '../src/online/postgres/copy-rows.js';
import { openPostgresStore } from '../src/online/postgres/postgres-store.js';
import { createTable } from '../src/online/postgres/tables.js';
import { POSTGRES } from '../test/helpers/services.js';
import { PROJECT, VIEW } from './materialization/rows.js';
import { runStoreBench } from './materialization/run.js';

const settings = { ...POSTGRES, sslmode: 'disable' };
const schema = 'feast_scheduler_bench';

await runStoreBench({
  name: 'postgres',
  open: () =>
    openPostgresStore({ type: 'postgres', section: sectionOf({ ...settings, db_schema: schema }) }, '/'),
  // one COPY from a prepared file
  async load(folder, batches) {
    const client = new pg.Client({ ...POSTGRES, ssl: false });
    await client.connect();
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    for (const statement of createTable(schema, PROJECT, VIEW)) await client.query(statement);
    const path = join(folder, 'rows.copy');
    await pipeline(async function* () {
      // one file: the header of the first batch, the trailer of the last
      let first = true;
      for await (const batch of batches) {
        const [header, ...rows] = [...copyRows(batch)];
        if (first) yield header;
        first = false;
        yield* rows.slice(0, -1);
      }
      yield Buffer.from([0xff, 0xff]);
    }, createWriteStream(path));
    const started = performance.now();
    const copy = client.query(
      copyFrom(`COPY ${schema}.${PROJECT}_${VIEW.name} (${COPIED_COLUMNS}) FROM STDIN (FORMAT binary)`),
    );
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), copy);
    const seconds = (performance.now() - started) / 1000;
    await client.query(`DROP SCHEMA ${schema} CASCADE`);
    await client.end();
    return seconds;
  },
  feast: { type: 'postgres', ...settings, db_schema: `${schema}_python` },
});

const client = new pg.Client({ ...POSTGRES, ssl: false });
await client.connect();
await client.query(`DROP SCHEMA IF EXISTS ${schema}, ${schema}_python CASCADE`);
await client.end();
