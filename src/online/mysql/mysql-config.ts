import { z } from 'zod';
import { type ConfigSection, parseSection } from '../../config/section.js';

const text = (missing: string) =>
  z
    .string()
    .nullable()
    .default(null)
    .transform((value) => value ?? missing);

const SECTION = z.strictObject({
  host: text('127.0.0.1'),
  port: z.int().min(1).max(65_535).nullable().default(null),
  user: text('test'),
  // YAML reads 1234 as a number; a message must not show it
  password: z
    .union([z.string(), z.number()])
    .nullable()
    .default(null)
    .transform((value) => (value === null ? 'test' : String(value))),
  database: text('feast'),
  // Feast's: batches here are always written as such
  batch_write: z.boolean().nullable().default(null),
  batch_size: z.int().min(2).nullable().default(null),
});

export interface MysqlConfig {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/**
 * The section of a MySQL store, with Feast's defaults. Feast: mysql.py MySQLOnlineStoreConfig, _get_conn.
 * @throws CodedError CONFIG_UNKNOWN_KEY, CONFIG_INVALID_VALUE
 */
export function parseMysqlConfig(section: ConfigSection): MysqlConfig {
  const { host, port, user, password, database } = parseSection(section, SECTION);
  return { host, port: port ?? 3306, user, password, database };
}

/** Names the store in messages, and tells its tables from those elsewhere. */
export function placeOf({ host, port, database }: MysqlConfig): string {
  return `mysql ${host}:${port}/${database}`;
}
