import { CodedError, isCodedError, messageOf } from '../../../src/shared/errors.js';

/**
 * What SQLite's error means to a user, as a CodedError; any other error as it is.
 * @param file the database file, for the message
 */
export function translateSqliteError(error: unknown, file: string): unknown {
  if (isCodedError(error) || typeof error !== 'object' || error === null || !('code' in error)) return error;
  const code = String(error.code);
  const fail = (as: 'LOCKED' | 'FULL' | 'CORRUPT' | 'UNAVAILABLE', message: string) =>
    new CodedError(`STATE_DATABASE_${as}`, `The state database ${file} ${message}`, { cause: error });
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return fail(
      'LOCKED',
      'is locked by another process. End what holds it (an open sqlite3 shell?), and try again.',
    );
  }
  if (code === 'SQLITE_FULL')
    return fail('FULL', 'cannot grow: the disk is full. Free some space, and try again.');
  if (code === 'SQLITE_NOTADB') {
    return fail('CORRUPT', 'is not a SQLite database. Name another file, or move this one away.');
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return fail(
      'CORRUPT',
      `is damaged (${messageOf(error)}). Restore a backup, or move it away to start anew.`,
    );
  }
  if (/^(SQLITE_(CANTOPEN|READONLY|IOERR|PERM|AUTH)|E[A-Z]+$)/.test(code)) {
    return fail(
      'UNAVAILABLE',
      `cannot be opened, read or written (${code}): check its folder, its rights and its disk.`,
    );
  }
  return error;
}
