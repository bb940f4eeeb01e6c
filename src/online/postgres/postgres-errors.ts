import { CodedError } from '../../shared/errors.js';
import { type KnownFailure, NETWORK_FAILURES, storeError } from '../store-error.js';

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FAILURES: readonly KnownFailure[] = [
  {
    pattern: /^(28|42501)/,
    code: 'ONLINE_STORE_DENIED',
    advice: 'see that user and password are right, and that the user may create, read and write tables',
  },
  {
    pattern: /^(3D000)/,
    code: 'ONLINE_STORE_UNREACHABLE',
    advice: 'create the database, or correct its name',
  },
  {
    pattern: /^(53100|53200)/,
    code: 'ONLINE_STORE_FULL',
    advice: 'its disk or memory is full; nothing of this batch was written; free space and run again',
  },
  {
    pattern: /^(25006)/,
    code: 'ONLINE_STORE_NOT_WRITABLE',
    advice: 'it takes no writes; connect to the primary',
  },
  {
    pattern: /^(53300|55P03|40P01|40001)/,
    code: 'ONLINE_STORE_BUSY',
    advice: 'others keep it busy; try again later',
  },
  {
    pattern: /does not support SSL/,
    code: 'ONLINE_STORE_UNREACHABLE',
    advice: 'set sslmode to prefer or disable to go without TLS',
  },
  {
    pattern: /^(57P0|08)|Connection terminated|timeout expired|connection timeout|Client has encountered/,
    code: 'ONLINE_STORE_UNREACHABLE',
    advice: 'the server cannot be reached; see that it runs, and that host and port are right',
  },
  ...NETWORK_FAILURES,
];

/** What pg threw, with a code. */
export function postgresError(error: unknown, place: string): CodedError {
  if ((error as { code?: unknown }).code === '42P01') {
    const table = /relation "(.*)" does not exist/.exec((error as Error).message)?.[1] ?? '';
    return new CodedError(
      'ONLINE_STORE_MISSING_TABLE',
      `online store ${place} has no table ${table}; run apply, which creates it`,
      { cause: error },
    );
  }
  return storeError(error, place, FAILURES);
}
