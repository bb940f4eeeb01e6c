import type { ErrorCode } from '../../shared/error-codes.js';
import { CodedError, isCodedError, messageOf } from '../../shared/errors.js';

const BY_CODE: readonly [RegExp, ErrorCode, string][] = [
  [
    /^SQLITE_BUSY|^SQLITE_LOCKED/,
    'ONLINE_STORE_BUSY',
    'another process keeps writing to it; try again later',
  ],
  [
    /^SQLITE_FULL|^ENOSPC/,
    'ONLINE_STORE_FULL',
    'its disk is full; nothing of this batch was written; free space and run again',
  ],
  [
    /^SQLITE_CORRUPT|^SQLITE_NOTADB/,
    'ONLINE_STORE_CORRUPT',
    'it is damaged or no SQLite database and was left as it is; move it away, then apply and materialize again',
  ],
  [
    /^SQLITE_(READONLY|CANTOPEN|PERM|IOERR)|^(EACCES|EEXIST|ENOTDIR|EPERM|EROFS)$/,
    'ONLINE_STORE_NOT_WRITABLE',
    'it cannot be opened or written; see that the file and its folder exist and may be written',
  ],
  [/^SQLITE_/, 'ONLINE_STORE_FAILED', 'SQLite refused the statement; nothing of it was written'],
];

/** What SQLite or the file system threw, with a code, the file, and what to do. Other errors come back unchanged. */
export function sqliteError(error: unknown, path: string): unknown {
  if (isCodedError(error)) return error;
  const code = (error as { code?: unknown })?.code;
  const message = messageOf(error);
  if (typeof code === 'string' && /^no such table: /.test(message)) {
    const table = message.slice('no such table: '.length);
    return missingTable(path, table, error);
  }
  const known = BY_CODE.find(([pattern]) => typeof code === 'string' && pattern.test(code));
  if (known === undefined) return error;
  const [, ourCode, advice] = known;
  return new CodedError(ourCode, `online store ${path}: ${message}: ${advice}`, { cause: error });
}

export function missingTable(path: string, table: string, cause?: unknown): CodedError {
  return new CodedError(
    'ONLINE_STORE_MISSING_TABLE',
    `online store ${path} has no table "${table}"; run apply, which creates it`,
    { cause },
  );
}
