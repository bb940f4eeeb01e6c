import { CodedError, isCodedError, messageOf } from '../../shared/errors.js';
import { MISFIT } from './column-types.js';
import type { SourceFiles } from './source-files.js';

/** What DuckDB threw while it read `files`, with a code and the place. */
export function sourceError(error: unknown, files: SourceFiles): CodedError {
  if (isCodedError(error)) return error;
  const message = messageOf(error);
  const place = `data source "${files.source.name}": ${files.path}`;
  // DuckDB adds the SQL after an empty line
  const reason = message.split('\n\nLINE ')[0]!.trim();
  const coded = (code: ConstructorParameters<typeof CodedError>[0], text: string) =>
    new CodedError(code, `${place}: ${text}`, { cause: error });

  const misfit = message.indexOf(MISFIT);
  if (misfit >= 0)
    return coded('SOURCE_VALUE_INVALID', message.slice(misfit + MISFIT.length).split('\n')[0]!);
  if (/No files found/.test(message)) {
    return coded('SOURCE_NOT_FOUND', `no ${files.source.format} file found`);
  }
  if (/Error when converting column|^Conversion Error/.test(message)) {
    return coded('SOURCE_VALUE_INVALID', reason);
  }
  if (/Out of Memory/i.test(message)) {
    return coded(
      'OFFLINE_STORE_FAILED',
      `${reason}; raise offline_store.memory_limit, or see that offline_store.temp_directory has room`,
    );
  }
  if (/^IO Error.*Permission denied/s.test(message)) return coded('SOURCE_UNREADABLE', reason);
  if (
    /magic bytes|thrift|TProtocol|snappy|corrupt|CSV Error|sniffing|Parquet|too small to be|Invalid Input/i.test(
      message,
    )
  ) {
    return coded('SOURCE_UNREADABLE', `cannot be read as ${files.source.format}: ${reason}`);
  }
  return coded('OFFLINE_STORE_FAILED', reason);
}
