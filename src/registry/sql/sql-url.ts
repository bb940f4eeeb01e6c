import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { type ConfigSection, configError } from '../../config/section.js';
import { didYouMean } from '../../shared/nearest.js';

export type Dialect = 'postgres' | 'mysql' | 'sqlite';

/** A database named by a URL as SQLAlchemy writes it, ready for the dialect's driver. */
export interface DatabaseAddress {
  readonly dialect: Dialect;
  /** for messages: without password and options */
  readonly place: string;
  /** as the driver takes them; for SQLite `{ filename }`, absolute */
  readonly connection: Readonly<Record<string, unknown>>;
  /** must not be in any message; empty: there is none */
  readonly password: string;
}

interface UrlParts {
  readonly user: string | undefined;
  readonly password: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly database: string;
}

/** As sqlalchemy/engine/url.py takes a URL apart: a password reaches to the last "@" before the path. */
const URL_FORM =
  /^(?<scheme>\w+)(?:\+\w+)?:\/\/(?:(?<user>[^:/]*)(?::(?<password>[^@]*))?@)?(?:\[(?<ipv6>[^/?]+)\]|(?<host>[^/:?]*))(?::(?<port>\d+))?(?:\/(?<database>[^?]*))?(?:\?(?<options>.*))?$/;

const DIALECTS: Readonly<Record<string, Dialect>> = {
  postgresql: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
  sqlite: 'sqlite',
};

/**
 * Parses the URL of a SQL registry: `postgresql://`, `mysql://`, `mariadb://` or `sqlite:///`, each with the name of
 * a Python driver if need be (`postgresql+psycopg://`), which says nothing here.
 * @param key of the section, for messages: `path` or `read_path`
 * @param repoPath where relative paths start
 * @throws CodedError CONFIG_INVALID_VALUE, CONFIG_UNSUPPORTED, CONFIG_UNKNOWN_KEY; no message shows a credential
 */
export function parseDatabaseUrl(
  url: string,
  section: ConfigSection,
  key: string,
  repoPath: string,
): DatabaseAddress {
  const found = URL_FORM.exec(url)?.groups;
  if (found === undefined) {
    const form = 'postgresql://user:password@host:5432/database';
    throw configError('CONFIG_INVALID_VALUE', section, [key], `expected a database URL, such as ${form}`);
  }
  const dialect = DIALECTS[found.scheme!.toLowerCase()];
  if (dialect === undefined) {
    const known = Object.keys(DIALECTS).join(', ');
    const message = `no SQL registry on "${found.scheme}"; there are ${known}.${didYouMean(found.scheme!, Object.keys(DIALECTS))}`;
    throw configError('CONFIG_UNSUPPORTED', section, [key], message);
  }
  const options = new URLSearchParams(found.options ?? '');
  const unknown = [...options.keys()].find((name) => !OPTIONS[dialect].includes(name));
  if (unknown !== undefined) {
    const message = `unknown option "${unknown}" in the URL.${didYouMean(unknown, OPTIONS[dialect])}`;
    throw configError('CONFIG_UNKNOWN_KEY', section, [key], message);
  }
  const mode = options.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) {
    const message = `option sslmode: expected one of ${SSL_MODES.join(', ')}`;
    throw configError('CONFIG_INVALID_VALUE', section, [key], message);
  }
  const parts: UrlParts = {
    user: found.user === undefined ? undefined : decode(found.user),
    password: decode(found.password ?? ''),
    host: found.ipv6 ?? (found.host || undefined),
    port: found.port === undefined ? undefined : Number(found.port),
    database: decode(found.database ?? ''),
  };
  if (dialect === 'sqlite') {
    if (parts.host !== undefined || parts.database === '' || parts.database.startsWith(':memory:')) {
      const message = 'expected a file: sqlite:///relative.db or sqlite:////absolute.db';
      throw configError('CONFIG_INVALID_VALUE', section, [key], message);
    }
    const filename = isAbsolute(parts.database) ? parts.database : join(repoPath, parts.database);
    return { dialect, place: filename, connection: { filename }, password: '' };
  }
  const file = (name: string) => readOption(options, name, section, key);
  const connection =
    dialect === 'postgres' ? postgresConnection(parts, options, file) : mysqlConnection(parts, options, file);
  const port = parts.port === undefined ? '' : `:${parts.port}`;
  const place = `${found.scheme}://${parts.host ?? 'localhost'}${port}/${parts.database}`;
  return { dialect, place, connection, password: parts.password };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // a "%" that is none: SQLAlchemy takes it as it stands
    return text;
  }
}

/** What may stand after the "?": libpq's names for PostgreSQL, PyMySQL's for MySQL, sqlite3's for SQLite. */
const OPTIONS: Readonly<Record<Dialect, readonly string[]>> = {
  postgres: [
    'application_name',
    'connect_timeout',
    'host',
    'options',
    'port',
    'sslcert',
    'sslkey',
    'sslmode',
    'sslrootcert',
  ],
  mysql: [
    'charset',
    'connect_timeout',
    'ssl_ca',
    'ssl_cert',
    'ssl_key',
    'ssl_verify_identity',
    'unix_socket',
  ],
  sqlite: ['check_same_thread', 'timeout'],
};

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

type ReadFile = (option: string) => string | undefined;

function readOption(options: URLSearchParams, name: string, section: ConfigSection, key: string) {
  const path = options.get(name);
  if (path === null) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw configError('CONFIG_INVALID_VALUE', section, [key], `option ${name}: ${path}: ${reason}`);
  }
}

function postgresConnection(parts: UrlParts, options: URLSearchParams, file: ReadFile) {
  const mode = options.get('sslmode');
  const certificates = { ca: file('sslrootcert'), cert: file('sslcert'), key: file('sslkey') };
  const timeout = options.get('connect_timeout');
  return {
    host: options.get('host') ?? parts.host ?? 'localhost',
    port: Number(options.get('port') ?? parts.port ?? 5432),
    user: parts.user,
    password: parts.password,
    database: parts.database || parts.user,
    connectionTimeoutMillis: timeout === null ? CONNECT_TIMEOUT_MS : Number(timeout) * 1000,
    application_name: options.get('application_name') ?? 'feast-scheduler',
    ...(options.has('options') ? { options: options.get('options')! } : {}),
    // "prefer" and "allow" would use TLS where the server happens to offer it: that protects from nobody
    ...(mode?.startsWith('verify') || mode === 'require' ? { ssl: tls(certificates, mode) } : {}),
  };
}

/** libpq: sslmode `require` trusts any certificate, unless a root is given; `verify-ca` any host name. */
function tls(certificates: { ca: string | undefined }, mode: string) {
  const isVerified = mode !== 'require' || certificates.ca !== undefined;
  return {
    ...certificates,
    rejectUnauthorized: isVerified,
    ...(isVerified && mode !== 'verify-full' ? { checkServerIdentity: () => undefined } : {}),
  };
}

function mysqlConnection(parts: UrlParts, options: URLSearchParams, file: ReadFile) {
  const certificates = { ca: file('ssl_ca'), cert: file('ssl_cert'), key: file('ssl_key') };
  const socket = options.get('unix_socket');
  const timeout = options.get('connect_timeout');
  return {
    ...(socket === null
      ? { host: parts.host ?? 'localhost', port: parts.port ?? 3306 }
      : { socketPath: socket }),
    user: parts.user,
    password: parts.password,
    database: parts.database,
    charset: options.get('charset') ?? 'utf8mb4',
    connectTimeout: timeout === null ? CONNECT_TIMEOUT_MS : Number(timeout) * 1000,
    ...(Object.values(certificates).some((text) => text !== undefined)
      ? { ssl: { ...certificates, verifyIdentity: options.get('ssl_verify_identity') === 'true' } }
      : {}),
  };
}

const CONNECT_TIMEOUT_MS = 10_000;
