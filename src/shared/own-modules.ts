import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from './package-root.js';

const PACKAGE = pathToFileURL(join(packageRoot(), 'package.json'));

interface PackageJson {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
}

const { name, exports } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as PackageJson;

/**
 * Where an import of this package (`feast-scheduler`, `feast-scheduler/dag`) lies: the file URL of the running
 * package's own module, so that DAG files work from any home folder and share one copy of each module.
 * Undefined for every other import.
 */
export function findOwnModule(specifier: string): string | undefined {
  if (specifier !== name && !specifier.startsWith(`${name}/`)) return undefined;
  const target = exports[`.${specifier.slice(name.length)}`];
  return target === undefined ? undefined : new URL(target, PACKAGE).href;
}

/** What the package lets be imported, for "did you mean". */
export function listOwnModules(): string[] {
  return Object.keys(exports).map((path) => name + path.slice(1));
}

/** Whether the import is one of this package, existing or not. */
export function isOwnImport(specifier: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`);
}
