import type { Knex } from 'knex';

/** A database that the SQL run store works on. Both methods translate the driver's errors into CodedErrors. */
export interface Sql {
  read<T>(work: (db: Knex) => Promise<T>): Promise<T>;
  /** one transaction that holds the write lock from its beginning, so that what it read stays true */
  write<T>(work: (db: Knex) => Promise<T>): Promise<T>;
  /** what the database itself finds damaged, in its words; empty: nothing */
  checkIntegrity(): Promise<string[]>;
  close(): Promise<void>;
}
