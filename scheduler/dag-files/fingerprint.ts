import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { readFolder } from './read-folder.js';

/**
 * What tells that a file changed without reading it; of a folder, what tells of everything in it. Synchronous on
 * purpose: a stat takes microseconds, a thousand promises a second take more.
 */
export function fingerprint(path: string): string {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 'missing';
    return stats.isDirectory() ? fingerprintFolder(path) : fingerprintFile(stats);
  } catch (error) {
    // what cannot be looked at is in a state too; it changes when it can be
    return `error ${(error as NodeJS.ErrnoException).code}`;
  }
}

/** The inode and change time tell of a file that was replaced or rewritten within one tick of its clock. */
function fingerprintFile({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

/** Of a folder, only code and configuration count: data beside them may change with every run. */
function fingerprintFolder(folder: string): string {
  return readFolder(folder)
    .filter((entry) => (entry.isDirectory() ? !isHidden(entry.name) : isCode(entry.name)))
    .map(({ name }) => `${name} ${fingerprint(join(folder, name))}`)
    .join('\n');
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

function isCode(name: string): boolean {
  return /\.([cm]?[jt]s|json|ya?ml)$/.test(name);
}
