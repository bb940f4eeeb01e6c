import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/**
 * Writes a repository of two views of one file, rows.parquet (id, n, "at", created), which the test writes: `stats`
 * has a created time, `untimed` has none.
 */
export function writeStatsRepository(folder: string): void {
  writeFileSync(
    join(folder, 'feature_store.yaml'),
    'project: demo\nregistry: data/registry.db\nonline_store:\n  type: sqlite\n',
  );
  writeFileSync(
    join(folder, 'views.ts'),
    `import { entity, featureView, field, fileSource } from 'feast-scheduler';
    const driver = entity({ name: 'driver', joinKey: 'id', valueType: 'Int64' });
    const source = (more) => fileSource({ path: 'rows.parquet', timestampField: 'at', ...more });
    const view = (name, more) => featureView({
      name, entities: [driver], schema: [field('n', 'Int64')], source: source({ name, ...more }),
    });
    export const stats = view('stats', { createdTimestampColumn: 'created' });
    export const untimed = view('untimed', {});
    export { driver };`,
  );
}

/** Everything the online store of such a repository holds, in a fixed order. */
export function storedRows(folder: string): unknown[] {
  const database = new Database(join(folder, 'data/online.db'), { readonly: true });
  try {
    return ['demo_stats', 'demo_untimed'].map((table) =>
      database
        .prepare(
          `SELECT hex(entity_key), feature_name, hex(value), event_ts, created_ts FROM "${table}" ORDER BY 1, 2`,
        )
        .all(),
    );
  } finally {
    database.close();
  }
}
