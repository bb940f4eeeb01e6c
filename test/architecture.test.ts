import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Floors from the ground up; folders of one floor do not import each other. See docs/architecture.md. */
const FLOORS: readonly (readonly string[])[] = [
  ['src/shared'],
  ['src/definitions', 'scheduler/dag'],
  ['src/codec', 'src/encoding', 'scheduler/clock'],
  ['src/config', 'scheduler/run'],
  [
    'src/registry',
    'src/offline',
    'src/online',
    'src/repository',
    'scheduler/executor',
    'scheduler/store',
    'scheduler/dag-files',
  ],
  ['src/materialization', 'src/apply', 'src/retrieval', 'scheduler/loop'],
  ['src/store', 'scheduler/cli'],
  ['src/cli'],
  ['feast_jobs'],
];

const floorOf = (folder: string) => FLOORS.findIndex((floor) => floor.includes(folder));

/** `src/online/sqlite/reads.ts` → `src/online`; files directly in src/ are the public index. */
function roomOf(file: string): string | undefined {
  const parts = file.split('/');
  if (parts[0] === 'feast_jobs') return 'feast_jobs';
  if (parts[0] === 'scheduler' && parts[1] === 'dags') return undefined;
  return parts.length > 2 ? parts.slice(0, 2).join('/') : undefined;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

const files = ['src', 'scheduler', 'feast_jobs'].flatMap(sources);

function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path]) =>
    normalize(join(dirname(file), path!)).replaceAll('\\', '/'),
  );
}

test('every folder stands on a floor', (t) => {
  const rooms = new Set(files.map(roomOf).filter((room) => room !== undefined));
  t.deepEqual(
    [...rooms].filter((room) => floorOf(room) < 0),
    [],
  );
});

test('imports go down only, and never to a sibling', (t) => {
  const wrong: string[] = [];
  for (const file of files) {
    const from = roomOf(file);
    if (from === undefined) continue;
    for (const path of imports(file)) {
      const to = roomOf(path);
      if (to === undefined || to === from || path.startsWith('proto/')) continue;
      if (floorOf(to) >= floorOf(from)) wrong.push(`${file} imports ${path}`);
    }
  }
  t.deepEqual(wrong, []);
});

test('the feature store and the scheduler do not know each other', (t) => {
  const wrong: string[] = [];
  for (const file of files) {
    for (const path of imports(file)) {
      if (file.startsWith('src/') && path.startsWith('scheduler/')) wrong.push(`${file} imports ${path}`);
      if (file.startsWith('scheduler/') && path.startsWith('src/') && !path.startsWith('src/shared/')) {
        wrong.push(`${file} imports ${path}`);
      }
    }
  }
  t.deepEqual(wrong, []);
});
