import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { formatDuration } from './duration.js';
import { CodedError, messageOf } from './errors.js';

export interface LockOptions {
  /** how long to wait for others; default one minute */
  timeoutMs?: number;
}

/**
 * Runs `work` while no other process or thread that asks for the same file does. The lock is SQLite's exclusive
 * lock on a database that stays empty: the operating system releases it when its holder dies, however it dies.
 * @param file made if missing, and left behind; its folder must exist
 * @throws CodedError LOCK_TIMEOUT, LOCK_UNUSABLE
 */
export async function withProcessLock<T>(
  file: string,
  work: () => T | Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const database = await acquire(file, options.timeoutMs ?? 60_000);
  try {
    return await work();
  } finally {
    database.close();
  }
}

async function acquire(file: string, timeoutMs: number): Promise<Database.Database> {
  const database = openLock(file);
  const started = performance.now();
  try {
    for (let pause = 1; ; pause = Math.min(pause * 2, 40)) {
      if (tryLock(database, file)) return database;
      const waited = performance.now() - started;
      if (waited >= timeoutMs) {
        throw new CodedError(
          'LOCK_TIMEOUT',
          `${file}: another process has held this lock for the ${formatDuration(waited)} this one waited; try again, or find the process that is stuck`,
        );
      }
      // jitter, lest several that wait wake up together for ever
      await sleep(Math.min(pause * (0.5 + Math.random()), timeoutMs - waited));
    }
  } catch (error) {
    database.close();
    throw error;
  }
}

function openLock(file: string): Database.Database {
  try {
    return new Database(file, { timeout: 0 });
  } catch (error) {
    throw unusable(file, error);
  }
}

function tryLock(database: Database.Database, file: string): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return false;
    throw unusable(file, error);
  }
}

function unusable(file: string, cause: unknown): CodedError {
  return new CodedError(
    'LOCK_UNUSABLE',
    `${file} cannot serve as a lock: ${messageOf(cause)}; its folder must be writable, and the file be made by this program`,
    { cause },
  );
}
