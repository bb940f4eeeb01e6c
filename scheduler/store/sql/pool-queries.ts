import type { Knex } from 'knex';
import type { PoolTable } from '../run-store.js';
import { HELD_ATTEMPTS, READY_TASKS } from './predicates.js';
import type { Sql } from './sql.js';

interface PoolRow {
  name: string;
  slots: number;
  description: string;
}

/** Slots that attempts hold, by pool: an attempt holds them until it has ended, whatever its task is marked as. */
async function usedSlots(db: Knex): Promise<Map<string, number>> {
  const rows: { pool: string; n: number }[] = await db('attempts')
    .join('tasks', 'tasks.id', 'attempts.task_key')
    .whereRaw(HELD_ATTEMPTS)
    .whereNotNull('tasks.pool')
    .groupBy('tasks.pool')
    .select({ pool: 'tasks.pool' }, db.raw('sum(tasks.pool_slots) AS n'));
  return new Map(rows.map((row) => [row.pool, Number(row.n)]));
}

/** Slots that are free, by pool; fewer than none where a pool was made smaller than what it holds. */
export async function freeSlots(db: Knex): Promise<Map<string, number>> {
  const pools: PoolRow[] = await db('pools');
  if (pools.length === 0) return new Map();
  const used = await usedSlots(db);
  return new Map(pools.map(({ name, slots }) => [name, slots - (used.get(name) ?? 0)]));
}

export function poolQueries(sql: Sql): PoolTable {
  return {
    setPool: ({ name, slots, description }) =>
      sql.write(async (db) => {
        await db('pools').insert({ name, slots, description }).onConflict('name').merge();
      }),

    deletePool: (name) => sql.write(async (db) => (await db('pools').where({ name }).delete()) === 1),

    listPools: () =>
      sql.read(async (db) => {
        const pools: PoolRow[] = await db('pools');
        const known = new Map(pools.map((pool) => [pool.name, pool]));
        const used = await usedSlots(db);
        const rows: { pool: string; n: number }[] = await db('tasks')
          .whereRaw(READY_TASKS)
          .whereNotNull('pool')
          .groupBy('pool')
          .select('pool', db.raw('count(*) AS n'));
        const waiting = new Map(rows.map((row) => [row.pool, Number(row.n)]));
        return [...new Set([...known.keys(), ...used.keys(), ...waiting.keys()])].sort().map((name) => ({
          name,
          slots: known.get(name)?.slots ?? null,
          description: known.get(name)?.description ?? '',
          used: used.get(name) ?? 0,
          waiting: waiting.get(name) ?? 0,
        }));
      }),
  };
}
