import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti, type Jiti } from 'jiti';
import { CodedError, isCodedError, messageOf } from './errors.js';
import { findOwnModule, listOwnModules } from './own-modules.js';

/**
 * Loads TypeScript or JavaScript modules of the user, afresh: a second call sees what was edited in between. Within
 * one call each module is loaded once, so that an object which two files import is one object. What they import as
 * `feast-scheduler` (and its subpaths) is the running package, wherever they lie: no node_modules is needed there.
 * @param files absolute paths
 * @returns their exports, in the order of the files
 * @throws CodedError MODULE_LOAD_FAILED, or the code of a CodedError that the module threw, with file, line and
 *   column where they are known
 */
export async function loadModules(files: readonly string[]): Promise<Record<string, unknown>[]> {
  loader ??= createLoader();
  const before = new Set(Object.keys(loader.cache));
  try {
    const modules: Record<string, unknown>[] = [];
    for (const file of files) modules.push(await loadOne(loader, file));
    return modules;
  } finally {
    for (const path of Object.keys(loader.cache)) {
      if (!before.has(path) && !/[\\/]node_modules[\\/]/.test(path)) delete loader.cache[path];
    }
  }
}

async function loadOne(jiti: Jiti, file: string): Promise<Record<string, unknown>> {
  try {
    return await jiti.import<Record<string, unknown>>(file);
  } catch (error) {
    const place = placeOf(error, file);
    // what our own factories say keeps its code, and gains the place
    const failure = isCodedError(error)
      ? ([error.code, `${place}: ${error.message}`] as const)
      : (['MODULE_LOAD_FAILED', `${place} could not be loaded: ${reasonOf(error)}`] as const);
    throw new CodedError(...failure, { cause: error });
  }
}

let loader: Jiti | undefined;

function createLoader(): Jiti {
  return createJiti(import.meta.url, {
    // a folder of one's own: transpiled code in a shared temporary folder could be another user's
    fsCache: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'feast-scheduler', 'jiti'),
    interopDefault: false,
    alias: packageAliases(),
  });
}

/** `feast-scheduler/dag` → the compiled module that package.json exports under that name. */
function packageAliases(): Record<string, string> {
  return Object.fromEntries(
    listOwnModules()
      .map((specifier) => [specifier, findOwnModule(specifier)!])
      .filter(([, url]) => url!.endsWith('.js'))
      .map(([specifier, url]) => [specifier, fileURLToPath(url!)]),
  );
}

/** `file:line:column` of a syntax error; `file:line` of the topmost frame in the file: columns are the transpiler's. */
function placeOf(error: unknown, file: string): string {
  // jiti puts the place of a syntax error on the second line of its message
  const place = messageOf(error).split('\n')[1]?.trim();
  if (place !== undefined && /:\d+:\d+$/.test(place)) return place;
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frame = stack.split('\n').find((line) => line.includes(`${file}:`));
  const line = /:(\d+):\d+\)?$/.exec(frame?.trim() ?? '')?.[1];
  return line === undefined ? file : `${file}:${line}`;
}

/** The first line says it all; what follows is the transpiler's own excerpt. */
function reasonOf(error: unknown): string {
  return messageOf(error).split('\n')[0]!.trim();
}
