import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { findOwnModule } from '../../src/shared/own-modules.js';
import { fingerprint } from './fingerprint.js';
import { readFolder } from './read-folder.js';

/** A bundle made earlier. */
export interface CachedBundle {
  /** absolute path */
  readonly bundle: string;
  /** the user's files that went in: absolute path → fingerprint */
  readonly inputs: ReadonlyMap<string, string>;
}

interface CacheEntry {
  readonly recipe: string;
  readonly bundle: string;
  /** absolute path → hash of the content that went in */
  readonly inputs: Readonly<Record<string, string>>;
}

/** Changes where the same inputs would give another bundle: the bundler, or where this package lies. */
const RECIPE = `1 ${esbuild.version} ${findOwnModule('feast-scheduler/dag')}`;

/** The bundle called `name`, if every input still has the content it was made of. */
export async function readCachedBundle(
  folder: string,
  name: string,
  salt: string,
): Promise<CachedBundle | undefined> {
  const text = await readIfThere(entryFile(folder, name));
  const entry = text && parseEntry(text.toString());
  if (entry?.recipe !== RECIPE + salt || !existsSync(entry.bundle)) return undefined;
  const inputs = new Map<string, string>();
  for (const [path, hash] of Object.entries(entry.inputs)) {
    inputs.set(path, fingerprint(path));
    const content = await readIfThere(path);
    if (content === undefined || hashText(content) !== hash) return undefined;
  }
  return { bundle: entry.bundle, inputs };
}

/** Remembers a bundle for later processes. */
export async function writeCachedBundle(
  folder: string,
  name: string,
  salt: string,
  bundle: string,
  inputs: ReadonlyMap<string, { readonly hash: string }>,
): Promise<void> {
  const hashes = Object.fromEntries([...inputs].map(([path, { hash }]) => [path, hash]));
  const entry: CacheEntry = { recipe: RECIPE + salt, bundle, inputs: hashes };
  const file = entryFile(folder, name);
  await writeFile(`${file}.tmp`, JSON.stringify(entry));
  await rename(`${file}.tmp`, file);
}

/**
 * Deletes the bundles of `folder` that nobody needs.
 * @param needed whether somebody needs the bundle at this absolute path
 */
export async function pruneBundles(folder: string, needed: (path: string) => boolean): Promise<void> {
  for (const { name } of readFolder(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.mjs') && !needed(path)) await rm(path, { force: true });
  }
}

/** SHA-256, hexadecimal. */
export function hashText(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

function entryFile(folder: string, name: string): string {
  return join(folder, `${name}.json`);
}

/** An entry that does not parse counts as none: it is written anew at once. */
function parseEntry(text: string): CacheEntry | undefined {
  try {
    return JSON.parse(text) as CacheEntry;
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
