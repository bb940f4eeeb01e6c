import { CodedError } from '../../../src/shared/errors.js';
import { MIGRATIONS } from './migrations.js';
import type { Sql } from './sql.js';

/**
 * Brings the schema up to date, all or nothing; where it is, nothing is written.
 * @param place of the database, for the error message
 * @throws CodedError STATE_DATABASE_NEWER where it knows migrations that this version does not
 */
export async function migrate(sql: Sql, place: string): Promise<void> {
  const applied = () =>
    sql.read(async (db) => {
      if (!(await db.schema.hasTable('schema_migrations'))) return [];
      const rows: { name: string }[] = await db('schema_migrations').select('name').orderBy('name');
      return rows.map(({ name }) => name);
    });
  const known = MIGRATIONS.map(({ name }) => name);
  const found = await applied();
  const unknown = found.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CodedError(
      'STATE_DATABASE_NEWER',
      `${place} was written by a newer version of feast-scheduler: it has the migration ${unknown.join(', ')}, and this version knows up to ${known.at(-1)}. Run the newer version, or name another state database.`,
    );
  }
  if (found.length === known.length) return;
  await sql.write(async (db) => {
    if (!(await db.schema.hasTable('schema_migrations'))) {
      await db.schema.createTable('schema_migrations', (t) => t.text('name').primary());
    }
    // Read again under the write lock: another process may have migrated meanwhile.
    const rows: { name: string }[] = await db('schema_migrations').select('name');
    const done = new Set(rows.map(({ name }) => name));
    for (const migration of MIGRATIONS) {
      if (done.has(migration.name)) continue;
      await migration.up(db);
      await db('schema_migrations').insert({ name: migration.name });
    }
  });
}
