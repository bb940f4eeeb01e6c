import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/', import.meta.url));

/** Absolute path of a file below test/fixtures. */
export function fixturePath(...parts: string[]): string {
  return join(FIXTURES, ...parts);
}

export function readJsonFixture<T = unknown>(name: string): T {
  return JSON.parse(readFileSync(fixturePath(name), 'utf8')) as T;
}

/** A new empty folder, removed when the test ends. */
export function temporaryFolder(t: { teardown(fn: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'feast-scheduler-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
