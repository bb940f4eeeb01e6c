import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/', import.meta.url));

/** Absolute path of a file below test/fixtures. */
export function fixture(...parts: string[]): string {
  return join(FIXTURES, ...parts);
}

/** A folder of the test's own, removed after it. */
export function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'feast-scheduler-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
