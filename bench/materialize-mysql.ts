/**
 * Materializes 1,000,000 entities × 10 doubles from Parquet into MySQL or MariaDB (MYSQL_HOST, MYSQL_PORT).
 * Arguments: number of entities, number of entities for Feast.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createConnection } from 'mysql2/promise';
import { sectionOf } from '../src/config/section.js';
import { packedAt } from '../src/encoding/index.js';
import { openMysqlStore } from '../src/online/mysql/mysql-store.js';
import { createTable } from '../src/online/mysql/tables.js';
import { MYSQL } from '../test/helpers/services.js';
import { PROJECT, VIEW } from './materialization/rows.js';
import { runStoreBench } from './materialization/run.js';

const database = 'feast_scheduler_bench';
const connection = await createConnection(MYSQL);
await connection.query(`CREATE DATABASE IF NOT EXISTS ${database}`);
await connection.query(`USE ${database}`);
// Feast cannot have an empty password
await connection.query(`CREATE USER IF NOT EXISTS '${database}'@'%' IDENTIFIED BY '${database}'`);
await connection.query(`GRANT ALL ON ${database}.* TO '${database}'@'%'`);
const settings = {
  host: MYSQL.host,
  port: MYSQL.port,
  user: database,
  password: database,
  database,
};

try {
  await runStoreBench({
    name: 'mysql',
    open: () => openMysqlStore({ type: 'mysql', section: sectionOf(settings) }),
    // one LOAD DATA from a prepared file
    async load(folder, batches) {
      await connection.query(createTable(PROJECT, VIEW));
      const path = join(folder, 'rows.tsv');
      await pipeline(async function* () {
        for await (const batch of batches) {
          const lines: string[] = [];
          for (let row = 0; row < batch.rowCount; row++) {
            const key = Buffer.from(packedAt(batch.keys, row)).toString('hex');
            for (const { name, values } of batch.features) {
              const value = Buffer.from(packedAt(values, row)).toString('hex');
              lines.push(`${key}\t${name}\t${value}\t2026-11-01 00:00:00\n`);
            }
          }
          yield lines.join('');
        }
      }, createWriteStream(path));
      const started = performance.now();
      await connection.query({
        sql: `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${PROJECT}_${VIEW.name} CHARACTER SET latin1
          (entity_key, feature_name, @value, event_ts) SET value = unhex(@value)`,
        infileStreamFactory: () => createReadStream(path, { highWaterMark: 1 << 20 }),
      });
      const seconds = (performance.now() - started) / 1000;
      await connection.query(`DROP TABLE ${PROJECT}_${VIEW.name}`);
      return seconds;
    },
    feast: { type: 'mysql', ...settings },
  });
} finally {
  await connection.query(`DROP USER '${database}'@'%'`);
  await connection.query(`DROP DATABASE ${database}`);
  await connection.end();
}
