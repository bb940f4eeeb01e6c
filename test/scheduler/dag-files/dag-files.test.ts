import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { DagFileEvent } from '../../../scheduler/dag-files/dag-files.js';
import type { DagFilesOptions } from '../../../scheduler/dag-files/folder-dag-files.js';
import { createDagHome, type DagHome, dagText } from '../../helpers/dag-home.js';

function openHome(t: ExecutionContext, options: Partial<DagFilesOptions> = {}): DagHome {
  const home = createDagHome(options);
  t.teardown(() => home.close());
  return home;
}

function summary(event: DagFileEvent | undefined): string {
  if (event?.kind === 'parsed') return `parsed ${event.dags.map(({ dagId }) => dagId).join()}`;
  if (event?.kind === 'import_error') {
    const { message, line, column } = event.error;
    return `${line}:${column} ${message}`;
  }
  return event?.kind ?? 'nothing';
}

test('finds DAG files in all folders, and only those', async (t) => {
  const home = openHome(t);
  for (const name of ['a.ts', 'b.mjs', 'team/sales/c.js'])
    home.write(name, dagText(name.replaceAll('/', '.')));
  for (const name of [
    'a.d.ts',
    'a.test.ts',
    '_b.ts',
    '.c.ts',
    'node_modules/x/d.js',
    '_lib/e.ts',
    'notes.txt',
  ]) {
    home.write(name, 'throw new Error("not a DAG file")');
  }
  await home.files.scan();
  t.deepEqual(home.events.map((event) => `${event.file} ${summary(event)}`).sort(), [
    'a.ts parsed a.ts',
    'b.mjs parsed b.mjs',
    'team/sales/c.js parsed team.sales.c.js',
  ]);
});

test('a DAG arrives as data, its dates in its own time zone', async (t) => {
  const home = openHome(t);
  home.write(
    'a.ts',
    `import { dag, type TaskContext } from 'feast-scheduler/dag';
     const nothing = (context: TaskContext): void => void context;
     export const sales = dag('sales', {
       schedule: ['0 6 * * *', '0 18 * * *'], startDate: '2026-01-01', endDate: '2026-07-01T12:30', timeZone: 'America/New_York',
       runTimeout: '2h', params: { region: 'eu' }, tags: ['x'], description: 'all of them', pausedUponCreation: true,
     }, ({ task }) => { task('b', nothing).after(task('a', { retries: 1 }, nothing)); });`,
  );
  await home.files.scan();
  const event = home.last('a.ts');
  t.is(event?.kind, 'parsed', summary(event));
  const [spec] = event?.kind === 'parsed' ? event.dags : [];
  t.like(spec, {
    dagId: 'sales',
    file: 'a.ts',
    schedule: { kind: 'cron', expressions: ['0 6 * * *', '0 18 * * *'] },
    timeZone: 'America/New_York',
    startDate: Date.parse('2026-01-01T05:00:00Z'),
    endDate: Date.parse('2026-07-01T16:30:00Z'),
    runTimeoutMs: 7_200_000,
    params: { region: 'eu' },
    pausedUponCreation: true,
  });
  t.deepEqual(
    spec?.tasks.map(({ taskId, upstream, retries }) => ({ taskId, upstream, retries })),
    [
      { taskId: 'a', upstream: [], retries: 1 },
      { taskId: 'b', upstream: ['a'], retries: 0 },
    ],
  );
  t.regex(spec!.version, /^[0-9a-f]{16}$/);
});

const broken: Record<string, [text: string, expected: RegExp]> = {
  'throws.ts': ['const a = 1;\n\n  throw new TypeError("boom");', /^3:9 TypeError: boom$/],
  'throws-text.ts': ['throw "just text";', /^undefined:undefined just text$/],
  'rejects.ts': ['void Promise.reject(new Error("late"));', /^1:21 late$/],
  'syntax.ts': ['const a = 1;\nconst b = ;', /^2:11 Unexpected ";"$/],
  'missing-import.ts': ['\nimport "./nowhere.js";', /^2:8 Could not resolve "\.\/nowhere\.js"$/],
  'missing-package.ts': [
    'import "no-such-package-at-all";',
    /^1:8 Could not resolve "no-such-package-at-all"/,
  ],
  'own-typo.ts': [
    'import "feast-scheduler/dags";',
    /^1:8 "feast-scheduler\/dags" does not exist\. Did you mean "feast-scheduler\/dag"\?$/,
  ],
  'no-dag.ts': ['export const x = 5;', /exports no DAG/],
  'exits.ts': ['\nprocess.exit(7);', /^2:9 called process\.exit\(7\)/],
  'cycle.ts': [
    `import { dag } from 'feast-scheduler/dag';
export default dag('cycle', {}, ({ task }) => {
  const a = task('a', () => 1);
  a.before(task('b', () => 1).before(a));
});`,
    /^2:16 dag "cycle": its tasks form a circle: a → b → a$/,
  ],
  'bad-cron.ts': [
    dagText('cron', `{ schedule: '0 25 * * *', startDate: '2026-01-01' }`),
    /^2:16 dag "cron", schedule: "0 25 \* \* \*" is not a cron expression/,
  ],
  'bad-zone.ts': [
    dagText('zone', `{ timeZone: 'Europe/Lisbonn' }`),
    /^2:16 dag "zone", timeZone: "Europe\/Lisbonn" is not a time zone.*Did you mean "Europe\/Lisbon"\?$/,
  ],
  'bad-date.ts': [
    dagText('date', `{ startDate: '2026-02-30' }`),
    /^2:16 dag "date", startDate: "2026-02-30" is not a date or time; expected ISO 8601/,
  ],
  'ends-early.ts': [
    dagText('early', `{ startDate: '2026-02-02', endDate: '2026-02-01' }`),
    /^2:16 dag "early": endDate 2026-02-01 is not after startDate 2026-02-02/,
  ],
  'twice.ts': [
    `import { dag } from 'feast-scheduler/dag';
const build = ({ task }) => void task('x', () => 1);
export const a = dag('same', {}, build);
export const b = dag('same', {}, build);`,
    /^4:18 two DAGs of this file have the id "same"$/,
  ],
};

test('a broken file is an import error with line and reason, and the others go on', async (t) => {
  const home = openHome(t);
  for (const [file, [text]] of Object.entries(broken)) home.write(file, text);
  home.write('good.ts', dagText('good'));
  home.write('z-good.ts', dagText('z-good'));
  await home.files.scan();
  for (const [file, [, expected]] of Object.entries(broken)) {
    t.regex(summary(home.last(file)), expected, file);
    t.is(home.events.filter((event) => event.file === file).length, 1, file);
  }
  t.is(summary(home.last('good.ts')), 'parsed good');
  t.is(summary(home.last('z-good.ts')), 'parsed z-good');
});

test('a file that hangs is an import error at its time limit, and the others go on', async (t) => {
  const home = openHome(t, { parseTimeoutMs: 1500 });
  home.write('a-loop.ts', 'for (;;) {}');
  home.write('b-await.ts', 'await new Promise(() => {});');
  home.write('good.ts', dagText('good'));
  await home.files.scan();
  for (const file of ['a-loop.ts', 'b-await.ts'])
    t.regex(summary(home.last(file)), /was not loaded within 1\.5s/);
  t.is(summary(home.last('good.ts')), 'parsed good');
});

test('a file that exhausts memory is an import error, and the others go on', async (t) => {
  const home = openHome(t, { parseMemoryMb: 64 });
  home.write('a.ts', 'const all: object[] = []; for (;;) all.push({ all: [...all.slice(-9)] });');
  home.write('good.ts', dagText('good'));
  await home.files.scan();
  t.regex(summary(home.last('a.ts')), /used more than 64 MB of memory/);
  t.is(summary(home.last('good.ts')), 'parsed good');
});

test('an error in an imported file names that file', async (t) => {
  const home = openHome(t);
  home.write('_lib/x.ts', '\n\nthrow new Error("in the library");');
  home.write('_lib/y.ts', 'const = 5');
  home.write('a.ts', `import './_lib/x.js';`);
  home.write('b.ts', `import './_lib/y.js';`);
  await home.files.scan();
  t.is(summary(home.last('a.ts')), '3:7 in the library (in _lib/x.ts:3:7)');
  t.is(summary(home.last('b.ts')), '1:7 Expected identifier but found "=" (in _lib/y.ts:1:7)');
});

test('import.meta and __dirname tell of the user’s file', async (t) => {
  const home = openHome(t);
  home.write(
    'team/a.ts',
    dagText(
      'a',
      '{ params: { url: import.meta.url, dir: import.meta.dirname, file: import.meta.filename, old: __dirname } }',
    ),
  );
  await home.files.scan();
  const event = home.last('team/a.ts');
  t.deepEqual(event?.kind === 'parsed' && event.dags[0]?.params, {
    url: `file://${home.dags}/team/a.ts`,
    dir: `${home.dags}/team`,
    file: `${home.dags}/team/a.ts`,
    old: `${home.dags}/team`,
  });
});

test('packages are found from the DAG file’s folder, ESM and CommonJS', async (t) => {
  const home = openHome(t);
  home.write('../../node_modules/esm-dep/package.json', '{"type":"module","exports":"./main.js"}');
  home.write('../../node_modules/esm-dep/main.js', 'export const name = "esm";');
  home.write('../../node_modules/cjs-dep/index.js', 'exports.name = "cjs";');
  home.write(
    'a.ts',
    `import { name } from 'esm-dep'; import cjs from 'cjs-dep'; import { basename } from 'path';
     ${dagText('a', '{ tags: [name, cjs.name, basename("/x/y")] }')}`,
  );
  home.write(
    'b.js',
    `const { dag } = require('feast-scheduler/dag'); const { name } = require('cjs-dep');
     module.exports = dag('b', { tags: [name] }, ({ task }) => void task('x', () => 1));`,
  );
  await home.files.scan();
  for (const [file, tags] of [
    ['a.ts', ['esm', 'cjs', 'y']],
    ['b.js', ['cjs']],
  ] as const) {
    const event = home.last(file);
    t.deepEqual(event?.kind === 'parsed' && event.dags[0]?.tags, tags, summary(event));
  }
});

test('files that are dropped, changed and removed are noticed', async (t) => {
  const home = openHome(t);
  await home.files.scan();
  home.files.watch();

  home.write('a.ts', dagText('a'));
  await home.waitFor((event) => summary(event) === 'parsed a');
  home.write('new/folder/b.ts', dagText('b'));
  await home.waitFor((event) => summary(event) === 'parsed b');
  home.write('a.ts', dagText('a2'));
  await home.waitFor((event) => summary(event) === 'parsed a2');
  home.write('a.ts', dagText('a3').slice(0, 60));
  await home.waitFor((event) => event.kind === 'import_error');
  home.write('a.ts', dagText('a3'));
  await home.waitFor((event) => summary(event) === 'parsed a3');
  home.remove('new');
  await home.waitFor((event) => event.kind === 'removed' && event.file === 'new/folder/b.ts');
  home.remove('a.ts');
  await home.waitFor((event) => event.kind === 'removed' && event.file === 'a.ts');
  t.pass();
});

test('with the default settings a dropped file is picked up within 5 seconds', async (t) => {
  const home = openHome(t, { pollMs: 2000 });
  await home.files.scan();
  home.files.watch();
  const dropped = Date.now();
  home.write('a.ts', dagText('a'));
  await home.waitFor((event) => summary(event) === 'parsed a');
  t.true(Date.now() - dropped < 5000);
});

test('a change of an imported file, of a watched folder, and a missing import that appears are noticed', async (t) => {
  const home = openHome(t);
  home.write('_lib.ts', 'export const id = "one";');
  home.write('a.ts', `import { id } from './_lib.js';${dagText('x').replace("'x'", 'id')}`);
  home.write('../../repository/views/v.json', 'first');
  home.write(
    'b.ts',
    `import { readFileSync } from 'node:fs'; import { resolve } from 'node:path';
     const file = resolve(import.meta.dirname, '../../repository/views/v.json');
     ${dagText('b', `{ watch: ['repository'], description: readFileSync(file, 'utf8') }`)}`,
  );
  home.write('c.ts', `import { id } from './_later';${dagText('x').replace("'x'", 'id')}`);
  await home.files.scan();
  t.is(summary(home.last('a.ts')), 'parsed one');
  const first = home.last('b.ts');
  t.is(first?.kind === 'parsed' && first.dags[0]?.description, 'first', summary(first));
  t.regex(summary(home.last('c.ts')), /Could not resolve/);
  home.files.watch();

  const from = home.events.length;
  home.write('_lib.ts', 'export const id = "two";');
  await home.waitFor((event) => summary(event) === 'parsed two');
  home.write('../../repository/views/rows.parquet', 'data of a watched folder do not count');
  home.write('../../repository/views/v.json', 'second');
  const second = await home.waitFor(
    (event) => event.kind === 'parsed' && event.dags[0]?.description === 'second',
  );
  t.not(
    second.kind === 'parsed' && second.bundle,
    first?.kind === 'parsed' && first.bundle,
    'a new bundle name',
  );
  home.write('_later.ts', 'export const id = "three";');
  await home.waitFor((event) => summary(event) === 'parsed three');
  t.is(home.events.length, from + 3, 'nothing else was loaded again');
});

test('an id belongs to the file that had it first; it passes on when that file gives it up', async (t) => {
  const home = openHome(t);
  home.write('b.ts', dagText('same'));
  home.write('c.ts', dagText('same'));
  await home.files.scan();
  t.is(summary(home.last('b.ts')), 'parsed same');
  t.regex(summary(home.last('c.ts')), /the DAG id "same" is taken by b\.ts/);
  home.files.watch();

  home.write('a.ts', dagText('same'));
  const taken = await home.waitFor((event) => event.file === 'a.ts');
  t.regex(summary(taken), /the DAG id "same" is taken by b\.ts/, 'though a comes before b by name');
  let from = home.events.length;
  home.write('b.ts', 'broken(');
  await home.waitFor((event) => event.file === 'b.ts', from);
  t.is(home.events.length, from + 1, 'a broken file keeps its ids');
  from = home.events.length;
  home.remove('b.ts');
  await home.waitFor((event) => event.file === 'c.ts' && summary(event) === 'parsed same', from);
});

test('after a restart unchanged files are not bundled again', async (t) => {
  const home = openHome(t);
  home.write('_lib.ts', 'export const id = "one";');
  home.write('a.ts', `import { id } from './_lib.js';${dagText('x').replace("'x'", 'id')}`);
  home.write('b.ts', dagText('b'));
  await home.files.scan();
  const times = () =>
    Object.fromEntries(
      readdirSync(home.bundles).map((name) => [name, statSync(join(home.bundles, name)).mtimeMs]),
    );
  for (const name of readdirSync(home.bundles)) utimesSync(join(home.bundles, name), 1, 1);
  const before = times();
  await home.restart();
  await home.files.scan();
  t.deepEqual(times(), before);
  t.is(summary(home.last('a.ts')), 'parsed one');

  await home.restart();
  home.write('_lib.ts', 'export const id = "two";');
  await home.files.scan();
  t.is(summary(home.last('a.ts')), 'parsed two');

  // a bundle or a note about one that is lost or damaged is made anew
  await home.restart();
  for (const name of readdirSync(home.bundles)) {
    if (name.endsWith('.json')) writeFileSync(join(home.bundles, name), '{"recipe');
    else rmSync(join(home.bundles, name));
  }
  await home.files.scan();
  t.deepEqual([home.last('a.ts'), home.last('b.ts')].map(summary), ['parsed two', 'parsed b']);
});

test('bundles that nobody needs can be pruned', async (t) => {
  const home = openHome(t);
  const bundleOf = (file: string) => {
    const event = home.last(file);
    return event?.kind === 'parsed' ? event.bundle : '';
  };
  home.write('a.ts', dagText('a1'));
  await home.files.scan();
  const first = bundleOf('a.ts');
  home.write('a.ts', dagText('a2 '.trim()));
  await home.files.scan();
  const second = bundleOf('a.ts');
  home.write('a.ts', dagText('a3'));
  await home.files.scan();
  const third = bundleOf('a.ts');
  t.is(new Set([first, second, third]).size, 3);
  await home.files.prune(new Set([second]));
  const left = readdirSync(home.bundles).filter((name) => name.endsWith('.mjs'));
  t.deepEqual(left.map((name) => join(home.bundles, name)).sort(), [second, third].sort());
});

test('a state folder that cannot be written is an import error until it can', async (t) => {
  const home = openHome(t);
  home.write('../../.scheduler/bundles', 'a file where a folder should be');
  home.write('a.ts', dagText('a', `{ watch: ['scheduler/dags/a.ts/below-a-file'] }`));
  await home.files.scan();
  t.regex(summary(home.last('a.ts')), /cannot be loaded: E(EXIST|NOTDIR)/);
  home.files.watch();
  rmSync(home.bundles);
  await home.waitFor((event) => summary(event) === 'parsed a');
  t.is(home.events.length, 2, 'said once, not with every look');
});
