/**
 * Materializes 1,000,000 entities × 10 doubles from Parquet into SQLite.
 * Arguments: number of entities, number of entities for Feast.
 */
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sectionOf } from '../src/config/section.js';
import { packedAt } from '../src/encoding/index.js';
import { openDatabase } from '../src/online/sqlite/database.js';
import { openSqliteStore } from '../src/online/sqlite/sqlite-store.js';
import { createTable } from '../src/online/sqlite/tables.js';
import { runStoreBench } from './materialization/run.js';

await runStoreBench({
  name: 'sqlite',
  open: (folder) => openSqliteStore({ type: 'sqlite', section: sectionOf({}) }, folder),
  // the rows as plain columns in another file, then one INSERT … SELECT
  async load(folder, batches) {
    const prepared = new Sqlite(join(folder, 'prepared.db'));
    prepared.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
    prepared.exec('CREATE TABLE rows (k BLOB, n TEXT, v BLOB, t TEXT, e INTEGER)');
    const insert = prepared.prepare('INSERT INTO rows VALUES (?, ?, ?, ?, ?)');
    for await (const batch of batches) {
      for (let row = 0; row < batch.rowCount; row++) {
        for (const { name, values, text } of batch.features) {
          const shown = Buffer.from(packedAt(text!, row)).toString();
          insert.run(packedAt(batch.keys, row), name, packedAt(values, row), shown, 1_793_491_200);
        }
      }
    }
    prepared.exec('COMMIT');
    prepared.close();
    const database = openDatabase(join(folder, 'limit.db'), 0);
    createTable(database, 'stats');
    database.exec(`ATTACH '${join(folder, 'prepared.db')}' AS prepared`);
    const started = performance.now();
    database.exec(
      'INSERT INTO stats (entity_key, feature_name, value, value_text, event_ts) SELECT k, n, v, t, e FROM prepared.rows',
    );
    const seconds = (performance.now() - started) / 1000;
    database.close();
    return seconds;
  },
  feast: { type: 'sqlite', path: 'online.db' },
});
