import type { Knex } from 'knex';
import type { Maintenance } from '../run-store.js';
import { type RunRow, runRecord } from './rows.js';
import type { Sql } from './sql.js';

const FINISHED_RUNS = "runs.state IN ('success', 'failed')";

/** A run that is the past of none: the next one of its DAG is over, or it was made by hand. */
const NOT_NEEDED = `(runs.type = 'manual' OR (
  SELECT later.state FROM runs AS later
  WHERE later.dag_id = runs.dag_id AND later.type <> 'manual' AND later.logical_date > runs.logical_date
  ORDER BY later.logical_date LIMIT 1) IN ('success', 'failed'))`;

/** Rows that refer to what does not exist. */
const ORPHANS = {
  'tasks without a run': 'FROM tasks WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = tasks.run_key)',
  'attempts without a task':
    'FROM attempts WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = attempts.task_key)',
  'XCom values without a run': 'FROM xcom WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = xcom.run_key)',
  'runs without the version of their DAG':
    'FROM runs WHERE NOT EXISTS (SELECT 1 FROM dag_versions AS v WHERE v.dag_id = runs.dag_id AND v.version = runs.version)',
} as const;

async function deleteRunsWhere(db: Knex, runs: () => Knex.QueryBuilder): Promise<number> {
  const tasks = db('tasks').whereIn('run_key', runs().select('id')).select('id');
  await db('attempts').whereIn('task_key', tasks).delete();
  await db('tasks').whereIn('run_key', runs().select('id')).delete();
  await db('callbacks').whereIn('run_key', runs().select('id')).delete();
  await db('xcom').whereIn('run_key', runs().select('id')).delete();
  return runs().delete();
}

export function maintenanceQueries(sql: Sql): Maintenance {
  return {
    deleteDag: (dagId) =>
      sql.write(async (db) => {
        await deleteRunsWhere(db, () => db('runs').where({ dag_id: dagId }));
        await db('backfills').where({ dag_id: dagId }).delete();
        await db('dag_versions').where({ dag_id: dagId }).delete();
        return (await db('dags').where({ dag_id: dagId }).delete()) === 1;
      }),

    runsToClean: (before, limit) =>
      sql.read(async (db) => {
        const rows: RunRow[] = await db('runs')
          .whereRaw(FINISHED_RUNS)
          .where('ended_at', '<', before)
          .whereRaw(NOT_NEEDED)
          .orderBy('ended_at')
          .limit(limit);
        return rows.map(runRecord);
      }),

    deleteRuns: (keys) =>
      sql.write((db) => deleteRunsWhere(db, () => db('runs').whereIn('id', keys).whereRaw(FINISHED_RUNS))),

    deleteUnused: () =>
      sql.write(async (db) => {
        const used = (table: string) =>
          db(table).whereRaw(
            `${table}.dag_id = dag_versions.dag_id AND ${table}.version = dag_versions.version`,
          );
        const versions: number = await db('dag_versions')
          .whereNotExists(used('dags'))
          .whereNotExists(used('runs'))
          .delete();
        const backfills: number = await db('backfills')
          .whereNotExists(db('runs').whereRaw('runs.backfill_key = backfills.id'))
          .delete();
        return versions + backfills;
      }),

    check: async () => {
      const problems = await sql.checkIntegrity();
      // What is damaged on disk cannot be asked about its content.
      if (problems.length > 0) return problems;
      return sql.read(async (db) => {
        for (const [what, from] of Object.entries(ORPHANS)) {
          const rows: { n: number }[] = await db.raw(`SELECT count(*) AS n ${from}`);
          const n = Number(rows[0]!.n);
          if (n > 0) problems.push(`${n} ${what}`);
        }
        return problems;
      });
    },
  };
}
