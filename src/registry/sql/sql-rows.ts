/** Writing rows of any table, many to a statement. */
import type { SqlSession } from './sql-session.js';

/** A table's columns as far as a registry writes them. */
export interface RowShape {
  readonly table: string;
  readonly key: readonly string[];
  readonly values: readonly string[];
}

export interface Row {
  readonly key: readonly (string | number)[];
  readonly values: readonly unknown[];
}

/** Bounds of one statement: SQLite takes 32,766 values, MySQL 16 MB by default. */
const MAX_ROWS = 500;
const MAX_BYTES = 4_000_000;
const MAX_DELETED = 100;

/** Adds rows; one that is there already is an error of the database. */
export function insertRows(session: SqlSession, shape: RowShape, rows: readonly Row[]): Promise<void> {
  return writeRows(session, shape, rows, '');
}

/** Changes rows, or adds them. */
export function replaceRows(session: SqlSession, shape: RowShape, rows: readonly Row[]): Promise<void> {
  const { key, values } = shape;
  const tail =
    session.dialect === 'mysql'
      ? ` ON DUPLICATE KEY UPDATE ${values.map((column) => `${column} = VALUES(${column})`).join(', ')}`
      : ` ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${values.map((column) => `${column} = excluded.${column}`).join(', ')}`;
  return writeRows(session, shape, rows, tail);
}

export async function deleteRows(
  session: SqlSession,
  { table, key }: RowShape,
  keys: readonly Row['key'][],
): Promise<void> {
  const condition = `(${key.map((column) => `${column} = ?`).join(' AND ')})`;
  for (let start = 0; start < keys.length; start += MAX_DELETED) {
    const part = keys.slice(start, start + MAX_DELETED);
    const where = part.map(() => condition).join(' OR ');
    await session.query(`DELETE FROM ${table} WHERE ${where}`, part.flat());
  }
}

async function writeRows(
  session: SqlSession,
  { table, key, values }: RowShape,
  rows: readonly Row[],
  tail: string,
): Promise<void> {
  const columns = [...key, ...values];
  const places = `(${columns.map(() => '?').join(', ')})`;
  for (const part of batches(rows)) {
    const statement = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${part.map(() => places).join(', ')}${tail}`;
    await session.query(
      statement,
      part.flatMap((row) => [...row.key, ...row.values]),
    );
  }
}

function batches(rows: readonly Row[]): Row[][] {
  const all: Row[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = row.values.reduce<number>(
      (sum, value) => sum + (Buffer.isBuffer(value) ? value.length : 50),
      0,
    );
    const last = all.at(-1);
    if (last === undefined || last.length === MAX_ROWS || bytes + size > MAX_BYTES) {
      all.push([row]);
      bytes = size;
    } else {
      last.push(row);
      bytes += size;
    }
  }
  return all;
}
