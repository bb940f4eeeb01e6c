import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { z } from 'zod';
import { type ConfigSection, configError, parseSection } from '../../config/section.js';

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

const SECTION = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(5432),
  database: z.string().min(1),
  /** made by apply where it does not exist */
  db_schema: z.string().min(1).default('public'),
  user: z.string().min(1),
  // YAML reads 1234 as a number; a message must not show it
  password: z.union([z.string(), z.number()]).transform(String),
  sslmode: z.enum(SSL_MODES).default('require'),
  sslkey_path: z.string().nullable().default(null),
  sslcert_path: z.string().nullable().default(null),
  sslrootcert_path: z.string().nullable().default(null),
  /** seconds a connection may be silent before the system asks whether it still stands */
  keepalives_idle: z.int().min(0).nullable().default(null),
  /** connections that read at the same time; writes have one more */
  max_conn: z.int().min(1).default(10),
  // Feast's: connections here are made when they are needed
  min_conn: z.int().min(0).default(1),
  conn_type: z.enum(['singleton', 'pool']).default('singleton'),
  vector_enabled: z.boolean().default(false),
  similarity: z.string().nullable().default(null),
  enable_openai_compatible_store: z.boolean().default(false),
});

/** Whether and how a connection is encrypted; 'prefer': as `tls` says if the server can, else not at all. */
export interface PostgresTls {
  readonly mode: 'off' | 'on' | 'prefer';
  readonly tls: ConnectionOptions;
}

export interface PostgresConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly schema: string;
  readonly user: string;
  readonly password: string;
  readonly ssl: PostgresTls;
  readonly keepAliveSeconds: number;
  readonly readers: number;
}

/**
 * The section of a PostgreSQL store. Feast: infra/utils/postgres/postgres_config.py, postgres.py.
 * @param repoPath folder that relative paths of certificates start from
 * @throws CodedError CONFIG_UNKNOWN_KEY, CONFIG_MISSING_KEY, CONFIG_INVALID_VALUE, CONFIG_UNSUPPORTED
 */
export function parsePostgresConfig(section: ConfigSection, repoPath: string): PostgresConfig {
  const parsed = parseSection(section, SECTION);
  for (const key of ['vector_enabled', 'enable_openai_compatible_store'] as const) {
    if (!parsed[key]) continue;
    throw configError(
      'CONFIG_UNSUPPORTED',
      section,
      [key],
      'vector search is not supported; set it to false, or leave it out',
    );
  }
  const file = (key: 'sslkey_path' | 'sslcert_path' | 'sslrootcert_path') => {
    const path = parsed[key];
    if (path === null) return undefined;
    try {
      return readFileSync(resolve(repoPath, path));
    } catch {
      throw configError('CONFIG_INVALID_VALUE', section, [key], `cannot read ${resolve(repoPath, path)}`);
    }
  };
  const { sslmode } = parsed;
  const ca = file('sslrootcert_path');
  // libpq checks the certificate under `require` too when it is given a root to check it against
  const verified = sslmode.startsWith('verify') || (sslmode === 'require' && ca !== undefined);
  const tls: ConnectionOptions = {
    rejectUnauthorized: verified,
    ca,
    cert: file('sslcert_path'),
    key: file('sslkey_path'),
    ...(sslmode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
  const modes = { disable: 'off', allow: 'prefer', prefer: 'prefer' } as const;
  return {
    host: parsed.host,
    port: parsed.port,
    database: parsed.database,
    schema: parsed.db_schema,
    user: parsed.user,
    password: parsed.password,
    ssl: { mode: sslmode in modes ? modes[sslmode as keyof typeof modes] : 'on', tls },
    keepAliveSeconds: parsed.keepalives_idle ?? 0,
    readers: parsed.max_conn,
  };
}

/** Names the store in messages, and tells its tables from those elsewhere. */
export function placeOf({ host, port, database, schema }: PostgresConfig): string {
  return `postgres ${host}:${port}/${database}/${schema}`;
}
