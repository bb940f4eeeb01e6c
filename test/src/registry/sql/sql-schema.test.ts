import { join } from 'node:path';
import test from 'ava';
import Database from 'better-sqlite3';
import { sectionOf } from '../../../../src/config/section.js';
import { openConfiguredSqlRegistry } from '../../../../src/registry/sql/open-sql-registry.js';
import { openDatabase } from '../../../../src/registry/sql/sql-session.js';
import { parseDatabaseUrl } from '../../../../src/registry/sql/sql-url.js';
import { entityNames, putEntity } from '../../../contracts/registry.js';
import { readJsonFixture, temporaryFolder } from '../../../helpers/fixtures.js';
import { databaseUrl, type Server } from '../../../helpers/services.js';

const open = (values: Record<string, unknown>) =>
  openConfiguredSqlRegistry(sectionOf(values, 'registry'), '/nowhere').backend;

test('SQLite tables and indexes are those of Feast', async (t) => {
  const file = join(temporaryFolder(t), 'registry.db');
  const backend = open({ path: `sqlite:///${file}` });
  await backend.change(putEntity('driver'));
  await backend.close();
  const database = new Database(file, { readonly: true });
  const made = database
    .prepare('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL')
    .pluck()
    .all() as string[];
  database.close();
  const normal = (statement: string) =>
    statement.replace(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')');
  t.deepEqual(
    made.map(normal).sort(),
    readJsonFixture<string[]>('golden/registry_sql_ddl.json').map(normal).sort(),
  );
});

/** What SQLAlchemy makes of Feast's column types on each server. */
const TYPES = {
  postgres: [
    'bigint',
    'bytea',
    'character varying(255)',
    'character varying(36)',
    'character varying(50)',
    'integer',
    'text',
  ],
  mariadb: ['bigint(20)', 'int(11)', 'longblob', 'text', 'varchar(255)', 'varchar(36)', 'varchar(50)'],
};
const TYPES_QUERY = {
  postgres: `SELECT DISTINCT format_type(a.atttypid, a.atttypmod) AS type FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0`,
  mariadb:
    'SELECT DISTINCT column_type AS type FROM information_schema.columns WHERE table_schema = DATABASE()',
};

for (const server of ['postgres', 'mariadb'] as Server[]) {
  test(`${server}: columns have the types that Feast gives them`, async (t) => {
    const url = await databaseUrl(t, server);
    if (url === undefined) return;
    const backend = open({ path: url });
    await backend.change(putEntity('driver'));
    await backend.close();
    const database = openDatabase(parseDatabaseUrl(url, sectionOf({}), 'path', '/'), 1);
    const rows = await database.read((session) => session.query<{ type: string }>(TYPES_QUERY[server]));
    await database.close();
    t.deepEqual(rows.map(({ type }) => type).sort(), TYPES[server]);
  });
}

test('schema_mode verify refuses what lacks tables, and makes none', async (t) => {
  const file = join(temporaryFolder(t), 'registry.db');
  const strict = open({ path: `sqlite:///${file}`, schema_mode: 'verify' });
  await t.throwsAsync(strict.load(), {
    code: 'REGISTRY_SCHEMA',
    message: /lacks the file; set registry.schema_mode to auto/,
  });
  const database = new Database(file);
  database.exec('CREATE TABLE notes (text TEXT)');
  await t.throwsAsync(strict.load(), { code: 'REGISTRY_SCHEMA', message: /lacks projects, entities, / });
  await t.throwsAsync(strict.change(putEntity('driver')), { code: 'REGISTRY_SCHEMA' });
  t.deepEqual(database.prepare(`SELECT name FROM sqlite_master`).pluck().all(), ['notes']);
  database.close();

  const auto = open({ path: `sqlite:///${file}` });
  await auto.change(putEntity('driver'));
  t.deepEqual(entityNames(await strict.load()), ['driver'], 'made by somebody else meanwhile');
  await auto.close();
  await strict.close();
});

test('schema_mode skip looks for nothing, and says what a missing table means', async (t) => {
  const file = join(temporaryFolder(t), 'registry.db');
  new Database(file).exec('CREATE TABLE notes (text TEXT)').close();
  const backend = open({ path: `sqlite:///${file}`, schema_mode: 'skip' });
  await t.throwsAsync(backend.load(), { code: 'REGISTRY_SCHEMA', message: /lacks a table/ });
  await backend.close();
});

test('a table of something else is refused, and left as it is', async (t) => {
  const file = join(temporaryFolder(t), 'registry.db');
  const database = new Database(file);
  database.exec('CREATE TABLE entities (id INTEGER, label TEXT)');
  const backend = open({ path: `sqlite:///${file}` });
  const expected = {
    code: 'REGISTRY_SCHEMA',
    message: /table entities there has no column entity_name, project_id/,
  } as const;
  await t.throwsAsync(backend.load(), expected);
  await t.throwsAsync(backend.change(putEntity('driver')), expected);
  t.deepEqual(database.prepare(`SELECT name FROM sqlite_master`).pluck().all(), ['entities']);
  database.close();
  await backend.close();
});

test('a registry of a Feast that had fewer tables is read, and gets the rest with the first change', async (t) => {
  const file = join(temporaryFolder(t), 'registry.db');
  const backend = open({ path: `sqlite:///${file}` });
  await backend.change(putEntity('driver'));
  await backend.close();
  const database = new Database(file);
  database.exec('DROP TABLE label_views; DROP TABLE feature_view_version_history');
  const again = open({ path: `sqlite:///${file}` });
  t.deepEqual(entityNames(await again.load()), ['driver']);
  await again.change(putEntity('origin'));
  t.is(database.prepare(`SELECT count(*) FROM sqlite_master WHERE name = 'label_views'`).pluck().get(), 1);
  database.close();
  await again.close();
});
