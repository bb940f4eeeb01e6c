import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError, messageOf } from '../../shared/errors.js';
import type { RegistryBackend, RegistryChange, RegistryEdit, RegistryScope } from '../registry-backend.js';
import { emptyRegistry } from '../registry-bytes.js';
import { METADATA_SHAPE, planRows, type RowChanges } from './row-changes.js';
import { isConflict } from './sql-errors.js';
import { deleteRows, insertRows, replaceRows } from './sql-rows.js';
import { createStatements, missingTables, TABLE_COUNT } from './sql-schema.js';
import { openDatabase, type SqlSession } from './sql-session.js';
import type { DatabaseAddress } from './sql-url.js';
import {
  readMetadata,
  readRows,
  type StoredRows,
  stampVersion,
  UPDATED_KEY,
  VERSION_KEY,
  versionOf,
} from './stored-rows.js';

/** Feast: sql.py, SqlRegistryConfig.schema_mode. */
export type SchemaMode = 'auto' | 'verify' | 'skip';

export interface SqlRegistryOptions {
  readonly database: DatabaseAddress;
  /** where to read, when that is another database: a replica */
  readonly readDatabase: DatabaseAddress | undefined;
  readonly schemaMode: SchemaMode;
  /** connections at most, to each database */
  readonly poolSize: number;
}

const ATTEMPTS = 20;

/**
 * A registry in Feast's SQL schema on PostgreSQL, MySQL, MariaDB or SQLite. A change is one transaction. Changes of
 * this engine go one after another; what Python Feast is writing meanwhile is waited for where it locks it, and where
 * both add the same row, ours is made again on top. Missing tables are made with the first change that writes.
 */
export function openSqlRegistry(options: SqlRegistryOptions): RegistryBackend {
  const main = openTables(options.database, options);
  const reading = options.readDatabase === undefined ? main : openTables(options.readDatabase, options);

  async function changeOnce<T>(edit: RegistryEdit<T>, scope: RegistryScope | undefined) {
    if (!(await main.isReady())) {
      // an edit that changes nothing makes no file and no tables
      const registry = emptyRegistry();
      const result = edit(registry);
      if (planRows(registry, NOTHING, undefined, 0).tables.length === 0) {
        return { result, registry, written: false };
      }
      await main.create();
    }
    return main.database().change(async (session): Promise<RegistryChange<T>> => {
      const stored = await readRows(session, { scope, missing: [], forChange: true });
      const { registry } = stored;
      const result = edit(registry);
      const now = Math.floor(Date.now() / 1000);
      const changes = planRows(registry, stored, scope, now);
      if (changes.tables.length === 0) return { result, registry, written: false };
      await writeChanges(session, changes);
      const uuids = new Set(registry.projectMetadata.map(({ project }) => project));
      const touched = [...changes.projects].filter((project) => uuids.has(project));
      await touchMetadata(session, touched.sort(), now);
      stampVersion(registry, await readMetadata(session, []));
      return { result, registry, written: true };
    });
  }

  return {
    readsParts: true,
    load: (scope) =>
      reading.read(async (session, missing) => {
        const { registry } = await readRows(session, { scope, missing, forChange: false });
        return registry;
      }),
    change: (edit, scope) => withRetry(() => changeOnce(edit, scope)),
    fingerprint: () =>
      reading.read(async (session, missing) => versionOf(await readMetadata(session, missing)) || undefined),
    async close() {
      await main.close();
      await reading.close();
    },
  };
}

/** Tries again what others were in the way of. */
async function withRetry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || attempt === ATTEMPTS) throw error;
    }
    await sleep(Math.random() * 10 * 2 ** Math.min(attempt, 6));
  }
}

const NOTHING: StoredRows = {
  registry: emptyRegistry(),
  objects: new Map(),
  history: new Map(),
  infra: new Map(),
  infraOwners: new Map(),
  metadata: [],
};

async function writeChanges(session: SqlSession, { tables }: RowChanges): Promise<void> {
  for (const { shape, inserted, replaced, deleted } of tables) {
    await deleteRows(session, shape, deleted);
    await insertRows(session, shape, inserted);
    await replaceRows(session, shape, replaced);
  }
}

/** Feast: sql.py, _set_last_updated_metadata, for projects that have metadata; and the version of it all. */
async function touchMetadata(
  session: SqlSession,
  projects: readonly string[],
  seconds: number,
): Promise<void> {
  const rows = projects.map((project) => ({
    key: [project, UPDATED_KEY],
    values: [String(seconds), seconds],
  }));
  const version = { key: ['', VERSION_KEY], values: [randomUUID(), seconds] };
  await replaceRows(session, METADATA_SHAPE, [version, ...rows]);
}

/** A database, and what is known of the registry's tables in it. */
function openTables(address: DatabaseAddress, { schemaMode, poolSize }: SqlRegistryOptions) {
  let opened: ReturnType<typeof openDatabase> | undefined;
  let isComplete = schemaMode === 'skip';
  const database = () => {
    opened ??= openDatabase(address, poolSize);
    return opened;
  };
  // a driver makes the file that it opens
  const exists = () => address.dialect !== 'sqlite' || existsSync(address.place);

  async function missing(session: SqlSession): Promise<string[]> {
    if (isComplete) return [];
    const names = await missingTables(session);
    isComplete = names.length === 0;
    if (!isComplete && schemaMode === 'verify') throw incomplete(address.place, names);
    return names;
  }

  function checkExists(): boolean {
    if (exists()) return true;
    if (schemaMode !== 'auto') throw incomplete(address.place, ['the file']);
    return false;
  }

  return {
    database,
    /** undefined: there are no tables, or not even a file */
    async read<T>(
      work: (session: SqlSession, missing: readonly string[]) => Promise<T>,
    ): Promise<T | undefined> {
      if (!checkExists()) return undefined;
      return withRetry(() =>
        database().read(async (session) => {
          const names = await missing(session);
          return names.length === TABLE_COUNT ? undefined : work(session, names);
        }),
      );
    },
    /** Whether all tables are there. @throws CodedError REGISTRY_SCHEMA where they are to be, and are not */
    async isReady(): Promise<boolean> {
      if (isComplete && address.dialect !== 'sqlite') return true;
      if (!checkExists()) return false;
      if (isComplete) return true;
      return database().read(async (session) => (await missing(session)).length === 0);
    },
    async create(): Promise<void> {
      if (address.dialect === 'sqlite') await makeFolder(address.place);
      await database().change(async (session) => {
        for (const statement of createStatements(session.dialect, await missingTables(session))) {
          await session.query(statement);
        }
      });
      isComplete = true;
    },
    async close(): Promise<void> {
      const closing = opened;
      opened = undefined;
      await closing?.close();
    },
  };
}

async function makeFolder(file: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch (cause) {
    throw new CodedError(
      'REGISTRY_UNWRITABLE',
      `registry ${file}: its folder cannot be made: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
}

function incomplete(place: string, names: readonly string[]): CodedError {
  return new CodedError(
    'REGISTRY_SCHEMA',
    `registry ${place} lacks ${names.join(', ')}; set registry.schema_mode to auto to have them made with the next change`,
  );
}
