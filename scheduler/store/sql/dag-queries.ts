import type { Knex } from 'knex';
import type { DagRecord, ImportErrorRecord } from '../records.js';
import type { DagFileContent, DagStore } from '../run-store.js';
import { type DagRow, dagRecord, nextColumns } from './rows.js';
import type { Sql } from './sql.js';
import type { Versions } from './versions.js';

const NEW_POSITION = { position_end: null, position_schedule: null };

async function saveDagFile(db: Knex, { file, bundle, dags }: DagFileContent): Promise<void> {
  await db('import_errors').where({ file }).delete();
  await db('dags')
    .where({ file })
    .whereNotIn(
      'dag_id',
      dags.map(({ spec }) => spec.dagId),
    )
    .update({ state: 'removed' });
  for (const { spec, next } of dags) {
    // A newer bundle of the same version replaces the older: it differs in the functions, not in the structure.
    await db('dag_versions')
      .insert({ dag_id: spec.dagId, version: spec.version, spec: JSON.stringify(spec), bundle })
      .onConflict(['dag_id', 'version'])
      .merge(['bundle']);
    const current = { file, state: 'active', version: spec.version, ...nextColumns(next) };
    await db('dags')
      .insert({ dag_id: spec.dagId, paused: spec.pausedUponCreation ? 1 : 0, ...NEW_POSITION, ...current })
      .onConflict('dag_id')
      .merge(current);
  }
}

/** The record of a DAG's row. */
export async function readDag(db: Knex, versions: Versions, row: DagRow): Promise<DagRecord> {
  return dagRecord(
    row,
    await versions.spec(db, row.dag_id, row.version),
    await versions.bundle(db, row.dag_id, row.version),
  );
}

export function dagQueries(sql: Sql, versions: Versions): DagStore {
  return {
    saveDagFile: (content) => sql.write((db) => saveDagFile(db, content)),

    saveImportError: (error: ImportErrorRecord) =>
      sql.write(async (db) => {
        await db('import_errors').insert(error).onConflict('file').merge();
        await db('dags').where({ file: error.file, state: 'active' }).update({ state: 'broken' });
      }),

    removeDagFile: (file) =>
      sql.write(async (db) => {
        await db('import_errors').where({ file }).delete();
        await db('dags').where({ file }).update({ state: 'removed' });
      }),

    listDagFiles: () =>
      sql.read(async (db) => {
        const dags: string[] = await db('dags').whereNot('state', 'removed').distinct().pluck('file');
        const errors: string[] = await db('import_errors').pluck('file');
        return [...new Set([...dags, ...errors])].sort();
      }),

    listDags: () =>
      sql.read(async (db) => {
        const rows: DagRow[] = await db('dags').orderBy('dag_id');
        const records: DagRecord[] = [];
        for (const row of rows) records.push(await readDag(db, versions, row));
        return records;
      }),

    getDag: (dagId) =>
      sql.read(async (db) => {
        const row: DagRow | undefined = await db('dags').where({ dag_id: dagId }).first();
        return row && (await readDag(db, versions, row));
      }),

    getVersion: (dagId, version) =>
      sql.read(async (db) => {
        const known = await db('dag_versions').where({ dag_id: dagId, version }).first('version');
        return known === undefined ? undefined : versions.spec(db, dagId, version);
      }),

    listBundles: () => sql.read((db) => db('dag_versions').distinct().orderBy('bundle').pluck('bundle')),

    setPaused: (dagId, paused) =>
      sql.write(
        async (db) =>
          (await db('dags')
            .where({ dag_id: dagId })
            .update({ paused: paused ? 1 : 0 })) === 1,
      ),

    listImportErrors: () =>
      sql.read((db) => db('import_errors').orderBy('file').select('file', 'message', 'line', 'column', 'at')),
  };
}
