import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { hashText, readCachedBundle, writeCachedBundle } from './bundle-cache.js';
import { type BundleSources, dagFilePlugin, META_DEFINES } from './bundle-plugin.js';
import { fingerprint } from './fingerprint.js';

/** A DAG file made into one module that workers import. */
export interface Bundled {
  readonly kind: 'bundled';
  /** absolute path; its name changes with its content */
  readonly bundle: string;
  /** the user's files that went in: absolute path → fingerprint */
  readonly inputs: ReadonlyMap<string, string>;
}

/** Why a DAG file could not be bundled. */
export interface BundleFailure {
  readonly kind: 'failed';
  readonly message: string;
  /** absolute path of the file at fault */
  readonly file: string | undefined;
  /** 1-based */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** whatever may mend it when it changes: absolute path → fingerprint */
  readonly inputs: ReadonlyMap<string, string>;
}

/**
 * Bundles one DAG file into `folder`: relative imports go in, packages stay outside. Nothing is done where the
 * inputs are those of the last time, also of an earlier process.
 * @param file absolute path of the DAG file
 * @param name what the bundle is called, unique for the file
 * @param salt another salt gives another bundle name: a module once imported cannot be loaded anew by its name
 */
export async function bundleDagFile(
  file: string,
  name: string,
  folder: string,
  salt: string,
): Promise<Bundled | BundleFailure> {
  const cached = await readCachedBundle(folder, name, salt);
  if (cached !== undefined) return { kind: 'bundled', ...cached };

  const sources: BundleSources = { files: new Map(), missing: new Set() };
  let built: esbuild.BuildResult<typeof BUILD_OPTIONS>;
  try {
    built = await esbuild.build({
      ...BUILD_OPTIONS,
      entryPoints: [file],
      outfile: join(folder, `${name}.mjs`),
      plugins: [dagFilePlugin(sources)],
    });
  } catch (error) {
    return describeFailure(error, file, sources);
  }
  await addOtherInputs(Object.keys(built.metafile.inputs), sources);

  const text = withRequire(built.outputFiles[0]!.text, file);
  const bundle = join(folder, `${name}-${hashText(text + salt).slice(0, 16)}.mjs`);
  await mkdir(folder, { recursive: true });
  // renamed into place: a worker never sees half a bundle
  await writeFile(`${bundle}.tmp`, text);
  await rename(`${bundle}.tmp`, bundle);
  await writeCachedBundle(folder, name, salt, bundle, sources.files);
  return { kind: 'bundled', bundle, inputs: fingerprints(sources) };
}

/** The text of a bundle's file name, unique for a DAG file and readable. */
export function bundleName(relativeFile: string): string {
  const stem = relativeFile.replace(/\.[^.]+$/, '').replace(/[^\w.-]+/g, '_');
  return `${stem}-${hashText(relativeFile).slice(0, 6)}`;
}

const BUILD_OPTIONS = {
  bundle: true,
  write: false,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  sourcesContent: false,
  logLevel: 'silent',
  define: META_DEFINES,
} as const satisfies esbuild.BuildOptions;

/** What did not come through the plugin: texts, binaries. */
async function addOtherInputs(paths: readonly string[], { files }: BundleSources): Promise<void> {
  for (const path of paths.map((input) => resolve(input))) {
    if (files.has(path)) continue;
    files.set(path, { fingerprint: fingerprint(path), hash: hashText(await readFile(path)) });
  }
}

/** CommonJS DAG files call require, which a module does not have. Kept on the first line: lines stay right. */
function withRequire(text: string, file: string): string {
  if (!text.includes('__require')) return text;
  const base = JSON.stringify(file);
  return `import{createRequire as __createRequire}from"node:module";var require=__createRequire(${base});${text}`;
}

function describeFailure(error: unknown, file: string, sources: BundleSources): BundleFailure {
  const first = (error as Partial<esbuild.BuildFailure>).errors?.[0];
  if (first === undefined) throw error;
  const { text, location } = first;
  const inputs = new Map(fingerprints(sources));
  if (!inputs.has(file)) inputs.set(file, fingerprint(file));
  const at = location && { file: resolve(location.file), line: location.line, column: location.column + 1 };
  return { kind: 'failed', message: text, file: at?.file, line: at?.line, column: at?.column, inputs };
}

function fingerprints({ files, missing }: BundleSources): Map<string, string> {
  const prints = new Map([...missing].map((path) => [path, 'missing']));
  for (const [path, source] of files) prints.set(path, source.fingerprint);
  return prints;
}
