import { CodedError } from '../../shared/errors.js';
import { type KnownFailure, NETWORK_FAILURES, storeError } from '../store-error.js';

/** By the names of https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html, as mysql2 gives them. */
const FAILURES: readonly KnownFailure[] = [
  {
    pattern: /^ER_(\w*ACCESS_DENIED\w*|NOT_SUPPORTED_AUTH_MODE|MUST_CHANGE_PASSWORD) /,
    code: 'ONLINE_STORE_DENIED',
    advice: 'see that user and password are right, and that the user may create, read and write tables',
  },
  {
    pattern: /^ER_BAD_DB_ERROR /,
    code: 'ONLINE_STORE_UNREACHABLE',
    advice: 'create the database, or correct its name',
  },
  {
    pattern: /^ER_(RECORD_FILE_FULL|DISK_FULL|OUTOFMEMORY|ENGINE_OUT_OF_MEMORY) /,
    code: 'ONLINE_STORE_FULL',
    advice: 'its disk or memory is full; nothing of this batch was written; free space and run again',
  },
  {
    pattern:
      /^ER_(OPTION_PREVENTS_STATEMENT|READ_ONLY_MODE|CANT_EXECUTE_IN_READ_ONLY_TRANSACTION|OPEN_AS_READONLY) /,
    code: 'ONLINE_STORE_NOT_WRITABLE',
    advice: 'it takes no writes; connect to the primary',
  },
  {
    pattern: /^ER_(LOCK_DEADLOCK|LOCK_WAIT_TIMEOUT|CON_COUNT_ERROR|TOO_MANY_USER_CONNECTIONS) /,
    code: 'ONLINE_STORE_BUSY',
    advice: 'others keep it busy; try again later',
  },
  {
    pattern: /^ER_DATA_TOO_LONG /,
    code: 'VALUE_INVALID',
    advice:
      "Feast's MySQL tables hold values of up to 65,535 bytes and keys of up to 256; nothing was written",
  },
  {
    pattern: /^(ER_SERVER_SHUTDOWN|ER_CONNECTION_KILLED)|closed state/,
    code: 'ONLINE_STORE_UNREACHABLE',
    advice: 'the server cannot be reached; see that it runs, and that host and port are right',
  },
  ...NETWORK_FAILURES,
];

/** What mysql2 threw, with a code. */
export function mysqlError(error: unknown, place: string): CodedError {
  if ((error as { code?: unknown }).code === 'ER_NO_SUCH_TABLE') {
    const table = /Table '(.*)' doesn't exist/.exec((error as Error).message)?.[1] ?? '';
    return new CodedError(
      'ONLINE_STORE_MISSING_TABLE',
      `online store ${place} has no table ${table}; run apply, which creates it`,
      { cause: error },
    );
  }
  return storeError(error, place, FAILURES);
}
