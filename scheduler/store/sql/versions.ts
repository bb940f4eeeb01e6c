import type { Knex } from 'knex';
import type { DagSpec } from '../../dag/spec.js';

/** Reads the versions of DAGs; parsed specs are kept, for a version never changes. */
export interface Versions {
  /** @throws Error where the database refers to a version that it does not hold */
  spec(db: Knex, dagId: string, version: string): Promise<DagSpec>;
  bundle(db: Knex, dagId: string, version: string): Promise<string>;
}

const MAX_KEPT = 5000;

export function createVersions(): Versions {
  const specs = new Map<string, DagSpec>();
  const row = async (db: Knex, column: 'spec' | 'bundle', dagId: string, version: string) => {
    const found: Record<string, string> | undefined = await db('dag_versions')
      .where({ dag_id: dagId, version })
      .first(column);
    if (found === undefined) throw new Error(`the state database lacks version ${version} of DAG ${dagId}`);
    return found[column]!;
  };
  return {
    async spec(db, dagId, version) {
      const key = `${version} ${dagId}`;
      let spec = specs.get(key);
      if (spec === undefined) {
        spec = JSON.parse(await row(db, 'spec', dagId, version)) as DagSpec;
        if (specs.size >= MAX_KEPT) specs.clear();
        specs.set(key, spec);
      }
      return spec;
    },
    bundle: (db, dagId, version) => row(db, 'bundle', dagId, version),
  };
}
