import { join } from 'node:path';
import { readFolder } from './read-folder.js';

/**
 * The DAG files in a folder and all folders below it, relative to it, with forward slashes, sorted: `.ts`,
 * `.js` and `.mjs`, except declarations, tests, and whatever starts with `.` or `_` or lies in node_modules.
 */
export function listDagFiles(folder: string): string[] {
  const found: string[] = [];
  collect(folder, '', found);
  return found.sort();
}

function collect(folder: string, prefix: string, found: string[]): void {
  for (const entry of readFolder(folder)) {
    const { name } = entry;
    if (/^[._]/.test(name) || name === 'node_modules') continue;
    if (entry.isDirectory()) collect(join(folder, name), `${prefix}${name}/`, found);
    else if (isDagFile(name)) found.push(prefix + name);
  }
}

function isDagFile(name: string): boolean {
  return /\.(ts|js|mjs)$/.test(name) && !/\.d\.ts$|\.test\.[^.]+$/.test(name);
}
