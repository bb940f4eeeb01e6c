// Makes a fresh or changed checkout ready: installs, builds, prepares the sample data; each only when needed.
// Plain Node without dependencies: it runs before anything is installed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...names) => join(root, ...names);
const quiet = process.argv.includes('--quiet');
const say = (text) => quiet || console.log(text);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`feast-scheduler needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(2);
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Why node_modules cannot be used as it is, or undefined. */
function reasonToInstall() {
  const installed = at('node_modules', '.package-lock.json');
  if (!existsSync(installed)) return 'node_modules is missing';
  const wanted = readJson(at('package-lock.json')).packages;
  const present = readJson(installed).packages;
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path !== '' && present[path]?.version !== version && !(optional && !present[path])) {
      return `${path} is ${present[path]?.version ?? 'missing'}, package-lock.json wants ${version}`;
    }
  }
  if (!existsSync(at('node_modules', 'better-sqlite3', 'build', 'Release', 'better_sqlite3.node'))) {
    return 'better-sqlite3 is not compiled';
  }
  return undefined;
}

function install() {
  const env = { ...process.env };
  // better-sqlite3 compiles where no prebuilt binary can be had; with Node's headers at hand it needs no download
  const prefix = dirname(dirname(process.execPath));
  if (existsSync(join(prefix, 'include', 'node', 'node.h'))) env.npm_config_nodedir = prefix;
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  // not "ci": it refuses a lock file that does not list every platform's binaries; nothing is saved either way
  const options = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync(command, [...first, ...options], {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

const SOURCES = ['src', 'scheduler', 'feast_jobs', 'repository', 'test', 'bench', 'proto/feast', 'scripts'];

/** Changes whenever a file that goes into dist/ is added, removed or touched. */
function sourceDigest() {
  const hash = createHash('sha256').update(process.version);
  const files = SOURCES.filter((folder) => existsSync(at(folder))).flatMap((folder) =>
    readdirSync(at(folder), { recursive: true }).map((name) => join(folder, name)),
  );
  for (const file of [...files, 'tsconfig.json', 'package-lock.json'].sort()) {
    if (!/\.(ts|mjs|proto|json)$/.test(file) || file.startsWith(join('repository', 'data'))) continue;
    const { size, mtimeMs } = statSync(at(file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function run(script) {
  execFileSync(process.execPath, [at('scripts', script)], {
    cwd: root,
    stdio: quiet ? ['ignore', 'ignore', 'inherit'] : 'inherit',
  });
}

function step(what, reason, action) {
  if (reason === undefined) return;
  say(`${what}: ${reason} …`);
  const start = performance.now();
  try {
    action();
  } catch (error) {
    console.error(`${what} failed; what it printed is above. (${error.message})`);
    process.exit(1);
  }
  say(`${what}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

step('install', reasonToInstall(), install);

const stamp = at('dist', '.sources');
const digest = sourceDigest();
const built = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
step('build', built ? undefined : existsSync(stamp) ? 'sources changed' : 'not built yet', () => {
  run('build.mjs');
  writeFileSync(stamp, digest);
});

const { reasonToPrepare } = await import('./sample-data-state.mjs');
step('sample data', reasonToPrepare(), () => run('sample-data.mjs'));
