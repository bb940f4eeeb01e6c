import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import test from 'ava';
import Database from 'better-sqlite3';
import { sectionOf } from '../../../../src/config/section.js';
import { openConfiguredSqlRegistry } from '../../../../src/registry/sql/open-sql-registry.js';
import { openDatabase, type SqlSession } from '../../../../src/registry/sql/sql-session.js';
import { parseDatabaseUrl } from '../../../../src/registry/sql/sql-url.js';
import { entityNames, putEntity } from '../../../contracts/registry.js';
import { temporaryFolder } from '../../../helpers/fixtures.js';
import { databaseUrl, type Server } from '../../../helpers/services.js';

const open = (path: string) => openConfiguredSqlRegistry(sectionOf({ path }, 'registry'), '/nowhere').backend;

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

for (const scheme of ['postgresql', 'mysql']) {
  test(`${scheme}: a server that is not there is told, without the password`, async (t) => {
    const port = await closedPort();
    const backend = open(`${scheme}://feast:tiger-secret@127.0.0.1:${port}/reg`);
    for (const attempt of [backend.load(), backend.change(putEntity('driver')), backend.fingerprint()]) {
      const error = await t.throwsAsync(attempt, { code: 'REGISTRY_DATABASE_UNREACHABLE' });
      t.regex(error!.message, new RegExp(`^registry ${scheme}://127.0.0.1:${port}/reg cannot be reached`));
      t.false(inspect(error, { depth: 9 }).includes('secret'));
    }
    await backend.close();
  });
}

for (const server of ['postgres', 'mariadb'] as Server[]) {
  test(`${server}: a database that does not exist, and a user that is unknown, are told`, async (t) => {
    const url = await databaseUrl(t, server);
    if (url === undefined) return;
    const missing = new URL(url);
    missing.pathname = '/feast_no_such_database';
    const stranger = new URL(url);
    stranger.username = 'nobody_knows';
    stranger.password = 'tiger-secret';
    for (const { href } of [missing, stranger]) {
      const backend = open(href);
      const error = await t.throwsAsync(backend.load(), { code: 'REGISTRY_DATABASE_REFUSED' });
      t.false(inspect(error, { depth: 9 }).includes('secret'));
      await backend.close();
    }
  });

  test(`${server}: a connection that the server ends is replaced`, async (t) => {
    const url = await databaseUrl(t, server);
    if (url === undefined) return;
    const backend = open(url);
    await backend.change(putEntity('driver'));
    const other = openDatabase(parseDatabaseUrl(url, sectionOf({}), 'path', '/'), 1);
    await other.read((session) => endOthers(session));
    await other.close();
    await t.notThrowsAsync(async () => {
      // the first may meet the dead connection before its end is known
      const load = () => backend.load();
      t.deepEqual(entityNames(await load().catch(load)), ['driver']);
    });
    await backend.close();
  });
}

test('a row that cannot be decoded is named, and nothing is changed', async (t) => {
  const file = join(temporaryFolder(t), 'registry.db');
  const backend = open(`sqlite:///${file}`);
  await backend.change((draft) => {
    putEntity('driver')(draft);
    putEntity('origin')(draft);
  });
  const database = new Database(file);
  database.prepare(`UPDATE entities SET entity_proto = x'0aff' WHERE entity_name = 'origin'`).run();
  const expected = {
    code: 'REGISTRY_CORRUPT',
    message: /"origin" of project "demo" in the table entities cannot be decoded/,
  } as const;
  await t.throwsAsync(backend.load(), expected);
  await t.throwsAsync(backend.change(putEntity('more')), expected);
  const scope = { project: 'demo', objects: [{ collection: 'entities' as const, name: 'driver' }] };
  t.deepEqual(entityNames(await backend.load(scope)), ['driver'], 'others are not hindered');
  t.is(database.prepare(`SELECT count(*) FROM entities`).pluck().get(), 2);
  database.close();
  await backend.close();
});

test('a file that is no database, one that is damaged, and one that may not be written', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'registry.db');
  writeFileSync(file, 'project: demo\n'.repeat(100));
  await t.throwsAsync(open(`sqlite:///${file}`).load(), { code: 'REGISTRY_CORRUPT' });

  const taken = join(folder, 'taken');
  writeFileSync(taken, '');
  await t.throwsAsync(open(`sqlite:///${taken}/registry.db`).change(putEntity('driver')), {
    code: 'REGISTRY_UNWRITABLE',
  });
});

test('an edit that goes beyond its scope is a mistake that stores nothing', async (t) => {
  const backend = open(`sqlite:///${join(temporaryFolder(t), 'registry.db')}`);
  await backend.change(putEntity('driver'));
  const scope = { project: 'demo', objects: [{ collection: 'entities' as const, name: 'driver' }] };
  await t.throwsAsync(backend.change(putEntity('origin'), scope), {
    message: /adds "origin" of project "demo" to entities/,
  });
  t.deepEqual(entityNames(await backend.load()), ['driver']);
  await backend.close();
});

/** Ends every other connection to the same database. */
async function endOthers(session: SqlSession): Promise<void> {
  if (session.dialect === 'postgres') {
    await session.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    return;
  }
  const others = await session.query<{ id: number }>(
    'SELECT id AS id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
  );
  for (const { id } of others) await session.query(`KILL ${id}`);
}
