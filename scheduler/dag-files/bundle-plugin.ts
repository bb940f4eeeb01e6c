import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Loader, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { didYouMean } from '../../src/shared/nearest.js';
import { findOwnModule, isOwnImport, listOwnModules } from '../../src/shared/own-modules.js';
import { hashText } from './bundle-cache.js';
import { fingerprint } from './fingerprint.js';

/** A file as it was when it was read. */
interface BundleSource {
  /** taken before reading: a change while the bundle is made is a change */
  readonly fingerprint: string;
  /** of the content */
  readonly hash: string;
}

/** What a bundle was made of, filled while it is built: complete enough to watch even where the build fails. */
export interface BundleSources {
  /** absolute paths of the user's files that went in */
  readonly files: Map<string, BundleSource>;
  /** absolute paths of which any, once it exists, may satisfy an import that failed */
  readonly missing: Set<string>;
}

const META = '__importMeta';

/** `import.meta` and its CommonJS forms must tell of the user's file, not of the bundle. */
export const META_DEFINES = {
  'import.meta.url': `${META}.url`,
  'import.meta.dirname': `${META}.dirname`,
  'import.meta.filename': `${META}.filename`,
  __dirname: `${META}.dirname`,
  __filename: `${META}.filename`,
};

const LOADERS: Record<string, Loader> = {
  ts: 'ts',
  mts: 'ts',
  cts: 'ts',
  tsx: 'tsx',
  jsx: 'jsx',
  json: 'json',
};

/** esbuild plugin: bundles the user's own files and leaves every package outside, by absolute file URL. */
export function dagFilePlugin(sources: BundleSources): Plugin {
  return {
    name: 'dag-file',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, (args) => resolvePackage(build, args, sources));
      build.onResolve({ filter: /^\.{0,2}\// }, (args) => noteRelative(build, args, sources));
      build.onLoad({ filter: /\.([cm]?[jt]sx?|json)$/, namespace: 'file' }, async ({ path }) => {
        const print = fingerprint(path);
        const source = await readFile(path, 'utf8');
        sources.files.set(path, { fingerprint: print, hash: hashText(source) });
        const loader = LOADERS[path.slice(path.lastIndexOf('.') + 1)] ?? 'js';
        return { contents: withMeta(path, source), loader };
      });
    },
  };
}

/** On the first line, so that line numbers stay the user's. */
function withMeta(path: string, source: string): string {
  if (!/import\.meta|__dirname|__filename/.test(source) || source.startsWith('#!')) return source;
  const meta = { url: pathToFileURL(path).href, dirname: dirname(path), filename: path };
  return `const ${META} = ${JSON.stringify(meta)}; ${source}`;
}

const RESOLVING = Symbol('resolving');

async function resolvePackage(
  build: PluginBuild,
  args: OnResolveArgs,
  sources: BundleSources,
): Promise<OnResolveResult | undefined> {
  if (args.kind === 'entry-point' || args.pluginData === RESOLVING) return undefined;
  if (isBuiltin(args.path) || /^(file|data|https?):/.test(args.path))
    return { path: args.path, external: true };
  if (isOwnImport(args.path)) return resolveOwn(args);
  const { kind, resolveDir, importer } = args;
  const found = await build.resolve(args.path, { kind, resolveDir, importer, pluginData: RESOLVING });
  if (found.errors.length > 0) {
    for (const path of packageFolders(args)) sources.missing.add(path);
    // a dynamic import may be a try; it fails when it runs
    return kind === 'dynamic-import' ? { path: args.path, external: true } : { errors: found.errors };
  }
  const isPackage = found.path.includes(`${sep}node_modules${sep}`);
  return isPackage
    ? { path: importable(pathToFileURL(found.path).href, args), external: true }
    : { path: found.path };
}

function resolveOwn(args: OnResolveArgs): OnResolveResult {
  const url = findOwnModule(args.path);
  if (url !== undefined) return { path: importable(url, args), external: true };
  return { errors: [{ text: `"${args.path}" does not exist.${didYouMean(args.path, listOwnModules())}` }] };
}

/** require() takes paths, import takes URLs. */
function importable(url: string, args: OnResolveArgs): string {
  return args.kind === 'require-call' ? fileURLToPath(url) : url;
}

async function noteRelative(
  build: PluginBuild,
  args: OnResolveArgs,
  sources: BundleSources,
): Promise<OnResolveResult | undefined> {
  if (args.kind === 'entry-point' || args.pluginData === RESOLVING) return undefined;
  const { kind, resolveDir, importer } = args;
  const found = await build.resolve(args.path, { kind, resolveDir, importer, pluginData: RESOLVING });
  if (found.errors.length === 0) return found;
  const base = resolve(args.resolveDir, args.path);
  const stem = base.replace(/\.[cm]?js$/, '');
  for (const path of [base, ...['.ts', '.js', '.mjs', '/index.ts'].map((end) => stem + end)]) {
    sources.missing.add(path);
  }
  return { errors: found.errors };
}

function packageFolders({ path, resolveDir }: OnResolveArgs): string[] {
  const name = path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
  const folders: string[] = [];
  for (let folder = resolveDir; ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules', name, 'package.json'));
    if (folder === dirname(folder)) return folders;
  }
}
