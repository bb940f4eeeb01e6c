import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FEAST_TYPES } from '../../../src/index.js';
import { findDefinitionFiles, parseRepository } from '../../../src/repository/index.js';
import { isCodedError } from '../../../src/shared/errors.js';
import { loadModules } from '../../../src/shared/load-module.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';

function folderWith(t: ExecutionContext, files: Record<string, string>): string {
  const folder = temporaryFolder(t);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const names = (objects: readonly { name: string }[]) => objects.map((object) => object.name).sort();

test('the golden repository is read from any folder, without node_modules', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden_repo'), folder, { recursive: true });
  const contents = await parseRepository(folder);
  t.is(contents.project?.name, 'demo');
  t.deepEqual(names(contents.entities), ['__dummy', 'destination', 'driver', 'origin']);
  t.deepEqual(names(contents.sources), [
    'driver_kafka',
    'driver_kinesis',
    'driver_stats_push',
    'driver_stats_source',
    'routes_source',
    'vals_to_add',
  ]);
  t.deepEqual(names(contents.onDemandFeatureViews), ['transformed']);
  t.is(contents.featureViews.length, 6);
  t.deepEqual(names(contents.featureServices), ['driver_activity_v1', 'driver_activity_v2']);
});

const source = `import { fileSource } from 'feast-scheduler';\n`;

test('TypeScript and JavaScript are read in order, an object that comes twice counts once', async (t) => {
  const folder = folderWith(t, {
    'package.json': '{"type": "module"}',
    'shared/sources.ts': `${source}interface Unused { a: number }\nexport const a = fileSource({ path: 'a.parquet' });\n`,
    'b.js': `${source}export { a as again } from './shared/sources.ts';\nexport const b = fileSource({ path: 'b.parquet' });\n`,
    'c.mjs': `${source}export default [[fileSource({ path: 'c.parquet' })], 'text', null, { kind: 'other' }];\n`,
    'ignored.d.ts': 'export const x: number;',
    'ignored.test.ts': 'throw new Error("not a definition file");',
    'node_modules/x/index.js': 'throw new Error("not a definition file");',
    '.hidden/x.js': 'throw new Error("not a definition file");',
    'notes.md': '# nothing',
  });
  const contents = await parseRepository(folder);
  t.deepEqual(names(contents.sources), ['a.parquet', 'b.parquet', 'c.parquet']);
});

test('.feastignore: comments, globs, folders', (t) => {
  const files = [
    'a.ts',
    'b.ts',
    'old/a.ts',
    'old/deep/a.ts',
    'x/scratch/a.ts',
    'x/y/scratch/b.ts',
    'x/keep.ts',
    'lib/k1.js',
    'lib/k2.js',
  ];
  const find = (ignore: string) => {
    const folder = folderWith(t, {
      ...Object.fromEntries(files.map((file) => [file, ''])),
      '.feastignore': ignore,
    });
    return findDefinitionFiles(folder).map((file) => file.slice(folder.length + 1));
  };
  t.deepEqual(find(''), [...files].sort());
  t.deepEqual(find('# nothing\n\n  old/  # all of it\nb.ts'), [
    'a.ts',
    'lib/k1.js',
    'lib/k2.js',
    'x/keep.ts',
    'x/scratch/a.ts',
    'x/y/scratch/b.ts',
  ]);
  t.deepEqual(find('**/scratch\nold\nlib/k[!2].js'), ['a.ts', 'b.ts', 'lib/k2.js', 'x/keep.ts']);
  t.deepEqual(find('*.ts\nlib/*\n**/a.ts'), ['x/keep.ts', 'x/y/scratch/b.ts']);
  t.deepEqual(find('?.ts\nx\nlib'), ['old/a.ts', 'old/deep/a.ts']);
});

test('a link to a file is the file, once', (t) => {
  const folder = folderWith(t, { 'a.ts': '' });
  symlinkSync('a.ts', join(folder, 'b.ts'));
  symlinkSync('nowhere.ts', join(folder, 'c.ts'));
  t.deepEqual(findDefinitionFiles(folder), [join(folder, 'a.ts')]);
});

test('a folder that does not exist', async (t) => {
  const error = await t.throwsAsync(parseRepository('/nowhere/at/all'));
  t.true(isCodedError(error, 'CONFIG_NOT_FOUND'), String(error));
});

test('several projects are refused', async (t) => {
  const folder = folderWith(t, {
    'a.ts': `import { project } from 'feast-scheduler';\nexport const a = project({ name: 'a' }), b = project({ name: 'b' });`,
  });
  const error = await t.throwsAsync(parseRepository(folder));
  t.true(isCodedError(error, 'PROJECT_CONFLICT'));
  t.regex(String(error?.message), /several projects: "a", "b"/);
});

const BROKEN: [string, string, string, RegExp][] = [
  [
    'a syntax error',
    'export const a = 1;\nexport const b = ;\n',
    'MODULE_LOAD_FAILED',
    /a\.ts:2:\d+ could not be loaded: .*Unexpected token/,
  ],
  [
    'an error thrown',
    'export const a = 1;\n\nthrow new Error("boom");\n',
    'MODULE_LOAD_FAILED',
    /a\.ts:3 could not be loaded: boom/,
  ],
  ['a text thrown', 'throw "boom";\n', 'MODULE_LOAD_FAILED', /a\.ts could not be loaded: boom/],
  [
    'an import that is not there',
    'import "./nope.ts";\n',
    'MODULE_LOAD_FAILED',
    /a\.ts.* could not be loaded: Cannot find module '\.\/nope\.ts'/,
  ],
  [
    'a wrong definition',
    `import { entity } from 'feast-scheduler';\n\nexport const e = entity({ nam: 'x' });\n`,
    'DEFINITION_INVALID',
    /a\.ts:3: entity: unknown option "nam"\. Did you mean "name"\?/,
  ],
];
for (const [what, text, code, message] of BROKEN) {
  test(`a file with ${what} is named with the line`, async (t) => {
    const error = await t.throwsAsync(parseRepository(folderWith(t, { 'a.ts': text })));
    t.is((error as { code?: string }).code, code, String(error));
    t.regex(String(error?.message), message);
  });
}

test('modules are loaded afresh each time, the package is the one that runs', async (t) => {
  const folder = folderWith(t, {
    'a.ts': `export { FEAST_TYPES } from 'feast-scheduler';\nexport { value } from './b.ts';`,
    'b.ts': 'export const value = 1;',
  });
  const load = async () => (await loadModules([join(folder, 'a.ts')]))[0]!;
  const first = await load();
  t.is(first.FEAST_TYPES, FEAST_TYPES);
  t.is(first.value, 1);
  writeFileSync(join(folder, 'b.ts'), 'export const value = 2;');
  t.is((await load()).value, 2);
});
