import { formatDuration } from '../../../src/shared/duration.js';
import { CodedError } from '../../../src/shared/errors.js';
import type { LeaseHolder } from '../records.js';
import type { LeaseTable } from '../run-store.js';
import type { Sql } from './sql.js';

interface LeaseRow {
  id: number;
  owner: string;
  host: string;
  pid: number;
  process_start: number;
  expires_at: number;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is one, of another user
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the holder's process is known to be gone. One on another host is presumed alive until its lease ends. */
function isDead(row: LeaseRow, asker: LeaseHolder): boolean {
  if (row.host !== asker.host) return false;
  // A container's processes have the same pid at each start: the holder was our pid's previous owner.
  if (row.pid === asker.pid) return row.process_start !== asker.processStart;
  return !processExists(row.pid);
}

export function leaseQueries(sql: Sql, place: string): LeaseTable {
  return {
    acquireLease: (holder, now, expiresAt) =>
      sql.write(async (db) => {
        const row: LeaseRow | undefined = await db('scheduler_lease').where({ id: 1 }).first();
        if (row !== undefined && row.owner !== holder.owner && row.expires_at > now && !isDead(row, holder)) {
          throw new CodedError(
            'STATE_DATABASE_IN_USE',
            `${place} is in use by the scheduler with pid ${row.pid} on ${row.host}; one scheduler at a time works on it. Stop that one first. (If it is gone, its lease ends in ${formatDuration(row.expires_at - now)}.)`,
          );
        }
        await db('scheduler_lease')
          .insert({
            id: 1,
            owner: holder.owner,
            host: holder.host,
            pid: holder.pid,
            process_start: holder.processStart,
            expires_at: expiresAt,
          })
          .onConflict('id')
          .merge();
      }),

    renewLease: (owner, expiresAt) =>
      sql.write(
        async (db) =>
          (await db('scheduler_lease').where({ id: 1, owner }).update({ expires_at: expiresAt })) === 1,
      ),

    currentLease: () =>
      sql.read(async (db) => {
        const row: LeaseRow | undefined = await db('scheduler_lease').where({ id: 1 }).first();
        if (row === undefined) return undefined;
        const { owner, host, pid, process_start: processStart, expires_at: expiresAt } = row;
        return { owner, host, pid, processStart, expiresAt };
      }),

    releaseLease: (owner) =>
      sql.write(async (db) => {
        await db('scheduler_lease').where({ id: 1, owner }).delete();
      }),
  };
}
