import type { ErrorCode } from '../../shared/error-codes.js';
import { CodedError, isCodedError, messageOf } from '../../shared/errors.js';
import type { DatabaseAddress } from './sql-url.js';

/** What a driver's error means to a registry. */
type Failure =
  | 'conflict'
  | 'lock-timeout'
  | 'unreachable'
  | 'refused'
  | 'missing-table'
  | 'corrupt'
  | 'read-only'
  | 'other';

/** Codes as the drivers give them: SQLSTATE, MySQL's names, SQLite's names, Node's names; the first match counts. */
const FAILURES: readonly (readonly [Failure, RegExp])[] = [
  ['lock-timeout', /^(55P03|ER_LOCK_WAIT_TIMEOUT)$/],
  [
    'conflict',
    /^(40001|40P01|23505|42P07|ER_LOCK_DEADLOCK|ER_DUP_ENTRY|ER_CHECKREAD|ER_TABLE_EXISTS_ERROR|SQLITE_BUSY.*|SQLITE_LOCKED.*)$/,
  ],
  ['refused', /^(28...|3D000|ER_ACCESS_DENIED.*|ER_DBACCESS_DENIED.*|ER_BAD_DB_ERROR)$/],
  [
    'unreachable',
    /^(08...|57P0.|53300|ECONN.*|ENOTFOUND|EAI_.*|ETIMEDOUT|EHOST.*|ENET.*|ENOENT|EPIPE|EACCES|PROTOCOL_.*|HANDSHAKE_.*|ER_CON_COUNT_ERROR)$/,
  ],
  ['missing-table', /^(42P01|ER_NO_SUCH_TABLE)$/],
  ['corrupt', /^(SQLITE_NOTADB|SQLITE_CORRUPT.*)$/],
  [
    'read-only',
    /^(25006|42501|ER_TABLEACCESS_DENIED.*|ER_OPTION_PREVENTS_STATEMENT|ER_READ_ONLY_MODE|SQLITE_READONLY.*|SQLITE_FULL)$/,
  ],
];

function failureOf(error: unknown): Failure {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  const message = messageOf(error);
  if (/timeout expired|connection timeout|Timeout acquiring|Connection terminated/i.test(message)) {
    return 'unreachable';
  }
  if (code.startsWith('SQLITE') && message.includes('no such table')) return 'missing-table';
  return FAILURES.find(([, codes]) => codes.test(code))?.[0] ?? 'other';
}

/** Whether the same change may succeed when it is made anew, as somebody else was in the way. */
export function isConflict(error: unknown): boolean {
  return isCodedError(error, 'REGISTRY_CONFLICT');
}

/**
 * A driver's error as a CodedError that names the database; neither its text nor the statement in it shows the
 * password. One that is coded already is passed on.
 */
export function toCodedError(error: unknown, database: DatabaseAddress, doing: 'read' | 'write'): CodedError {
  if (isCodedError(error)) return error;
  const failure = failureOf(error);
  const [code, text] = describe(failure, doing);
  const reason = reasonOf(error, database.password);
  return new CodedError(code, `registry ${database.place} ${text}: ${reason}`, { cause: new Error(reason) });
}

function describe(failure: Failure, doing: 'read' | 'write'): readonly [ErrorCode, string] {
  switch (failure) {
    case 'conflict':
      return ['REGISTRY_CONFLICT', 'is being changed by others; nothing was written, try again'];
    case 'lock-timeout':
      return ['LOCK_TIMEOUT', 'was locked by another process for too long; nothing was written, try again'];
    case 'unreachable':
      return [
        'REGISTRY_DATABASE_UNREACHABLE',
        'cannot be reached; see whether the server runs, and whether host and port in registry.path are right',
      ];
    case 'refused':
      return [
        'REGISTRY_DATABASE_REFUSED',
        'does not let this user in; see user, password and database in registry.path',
      ];
    case 'missing-table':
      return [
        'REGISTRY_SCHEMA',
        'lacks a table; set registry.schema_mode to auto to have missing tables made with the next change',
      ];
    case 'corrupt':
      return ['REGISTRY_CORRUPT', 'is damaged, or is no database; it was left as it is'];
    case 'read-only':
      return ['REGISTRY_UNWRITABLE', 'cannot be written; nothing was changed'];
    case 'other':
      return doing === 'read'
        ? ['REGISTRY_UNREADABLE', 'cannot be read']
        : ['REGISTRY_UNWRITABLE', 'cannot be written'];
  }
}

/** knex puts the statement before the driver's message, and a connection that failed on all addresses has none. */
function reasonOf(error: unknown, password: string): string {
  const { code, errors } = (error ?? {}) as { code?: string; errors?: unknown[] };
  const message = messageOf(error) || messageOf(errors?.[0]) || String(code);
  const reason = message.replace(/^[\s\S]* - (?=\S)/, '');
  return password === '' ? reason : reason.replaceAll(password, '***');
}
