import { mkdirSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { CodedError, messageOf } from '../shared/errors.js';
import type { LeaseHolder, ViewLease, ViewLeases } from './view-leases.js';

export interface FileLeasesOptions {
  /** default: half a minute */
  readonly ttlMs?: number;
}

interface Row {
  readonly token: number;
  /** 0: nobody holds it */
  readonly held: number;
  readonly host: string;
  readonly pid: number;
  readonly since: number;
  readonly expires: number;
}

/** Transactions here are a statement or two: whoever waits longer met a process that was stopped inside of one. */
const BUSY_TIMEOUT_MS = 10_000;

const SCHEMA = `CREATE TABLE IF NOT EXISTS leases (
  project TEXT NOT NULL, view TEXT NOT NULL, token INTEGER NOT NULL, held INTEGER NOT NULL,
  host TEXT NOT NULL, pid INTEGER NOT NULL, since INTEGER NOT NULL, expires INTEGER NOT NULL,
  PRIMARY KEY (project, view)
) STRICT, WITHOUT ROWID`;

/**
 * Leases in a small SQLite file, for writers that share a folder: a row a view, with holder, expiry (milliseconds
 * since the epoch) and token. A holder on this host whose process is gone is superseded at once, others at expiry.
 * @param file absolute; made at the first use
 */
export function openFileLeases(file: string, { ttlMs = 30_000 }: FileLeasesOptions = {}): ViewLeases {
  let database: Database.Database | undefined;

  function open(): Database.Database {
    if (database !== undefined) return database;
    mkdirSync(dirname(file), { recursive: true });
    const opened = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      opened.exec(SCHEMA);
    } catch (error) {
      opened.close();
      throw error;
    }
    database = opened;
    return opened;
  }

  /** Runs `work` as a transaction that excludes all others from its beginning. */
  function transact<T>(work: (connection: Database.Database) => T): T {
    try {
      const connection = open();
      return connection.transaction(() => work(connection)).immediate();
    } catch (error) {
      throw new CodedError(
        'LOCK_UNUSABLE',
        `${file} cannot keep leases of feature views: ${messageOf(error)}; its folder must be writable, and the file be made by this program`,
        { cause: error },
      );
    }
  }

  function leaseOf(project: string, view: string, token: number): ViewLease {
    const own = 'project = ? AND view = ? AND token = ? AND held = 1';
    const key = [project, view, token];
    /** Changes the row while the lease is ours; says whether it is. */
    const updateOwn = (set: string, value: number): boolean =>
      transact(
        (connection) =>
          connection.prepare(`UPDATE leases SET ${set} = ? WHERE ${own}`).run(value, ...key).changes === 1,
      );
    const lost = () =>
      new CodedError(
        'MATERIALIZATION_LEASE_LOST',
        `materialization of feature view "${view}" was suspended for longer than its lease of ${ttlMs} ms, and another process has taken the view over; nothing more was recorded: run it again if it is still needed`,
      );
    return {
      kind: 'lease',
      token,
      async renew() {
        if (!updateOwn('expires', Date.now() + ttlMs)) throw lost();
      },
      check() {
        const found = transact((connection) =>
          connection.prepare(`SELECT 1 FROM leases WHERE ${own}`).get(key),
        );
        if (found === undefined) throw lost();
      },
      async release() {
        updateOwn('held', 0);
      },
    };
  }

  return {
    ttlMs,
    async tryAcquire(project, view) {
      return transact((connection): ViewLease | LeaseHolder => {
        const row = connection
          .prepare('SELECT token, held, host, pid, since, expires FROM leases WHERE project = ? AND view = ?')
          .get(project, view) as Row | undefined;
        const now = Date.now();
        if (row !== undefined && isInForce(row, now)) {
          const [host] = row.host.split(' ');
          return { kind: 'holder', name: `process ${row.pid} on ${host}`, since: new Date(row.since) };
        }
        const token = (row?.token ?? 0) + 1;
        connection
          .prepare('INSERT OR REPLACE INTO leases VALUES (?, ?, ?, 1, ?, ?, ?, ?)')
          .run(project, view, token, HOST, process.pid, now, now + ttlMs);
        return leaseOf(project, view, token);
      });
    },
    async close() {
      database?.close();
      database = undefined;
    },
  };
}

function isInForce(row: Row, now: number): boolean {
  if (row.held === 0 || row.expires <= now) return false;
  return row.host !== HOST || isAlive(row.pid);
}

/** Process ids mean something within one space of them only: containers may share a host's name. */
const HOST = `${hostname()} ${processSpace()}`;

function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // there is no such thing on this system: one space a host
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // any other error says that it is there, and belongs to somebody else
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
