import Database from 'better-sqlite3';
import type { InfraObject, OnlineStore } from '../../src/online/online-store.js';

/** The part of an online store that apply needs, on a real SQLite file: tables, and nothing in them. */
export function tableStore(path: string): OnlineStore & { tables(): string[] } {
  const open = () => new Database(path);
  const infraFor: OnlineStore['infraFor'] = (project, view): InfraObject => ({
    type: 'sqlite table',
    name: `${project}_${view.name}`,
    location: path,
  });
  return {
    name: 'sqlite',
    keepsText: true,
    infraFor,
    async updateInfra(project, create, drop) {
      const database = open();
      for (const view of create) {
        database.exec(`CREATE TABLE IF NOT EXISTS "${infraFor(project, view).name}" (x)`);
      }
      for (const { name } of drop) database.exec(`DROP TABLE IF EXISTS "${name}"`);
      database.close();
    },
    tables() {
      const database = open();
      const rows = database
        .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
        .all();
      database.close();
      return (rows as { name: string }[]).map((row) => row.name);
    },
    write: () => Promise.reject(new Error('not needed here')),
    read: () => Promise.reject(new Error('not needed here')),
    close: async () => {},
  };
}
