import { type FileHandle, open, readFile } from 'node:fs/promises';
import { ifMissing } from '../shared/atomic-file.js';
import { CodedError, messageOf } from '../shared/errors.js';
import type { AuditEntry, AuditLog } from './audit.js';

/**
 * The history of a registry in a file, one JSON object a line, added with one write each: writers do not tear each
 * other's lines.
 * @param path absolute
 */
export function openFileAudit(path: string): AuditLog {
  return {
    async append(entry) {
      try {
        const file = await open(path, 'a+');
        try {
          const start = (await endsInLine(file)) ? '' : '\n';
          await file.appendFile(`${start}${JSON.stringify(entry)}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (error) {
        throw new CodedError(
          'REGISTRY_UNWRITABLE',
          `the registry was changed, but its history ${path} cannot be written: ${messageOf(error)}`,
          { cause: error },
        );
      }
    },
    async read(limit) {
      const text = await readFile(path, 'utf8').catch(ifMissing(''));
      const lines = text.split('\n').filter((line) => line !== '');
      const entries: AuditEntry[] = [];
      let damaged = 0;
      for (const line of lines.reverse()) {
        if (entries.length === limit) break;
        const entry = parseEntry(line);
        if (entry === undefined) damaged++;
        else entries.push(entry);
      }
      return { entries, damaged };
    },
  };
}

/** Whether the last line is whole: a writer that was killed may have left half of one. */
async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** undefined: half a line, which is counted, not read. */
function parseEntry(line: string): AuditEntry | undefined {
  try {
    return JSON.parse(line) as AuditEntry;
  } catch {
    return undefined;
  }
}
