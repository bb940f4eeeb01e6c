import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { replaceFile } from '../../../src/shared/atomic-file.js';
import { temporaryFolder } from '../../helpers/fixtures.js';

test('a file is made, and replaced with its mode kept', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'file');
  await replaceFile(path, Buffer.from('one'));
  chmodSync(path, 0o640);
  await replaceFile(path, Buffer.from('two'));
  t.is(readFileSync(path, 'utf8'), 'two');
  t.is(statSync(path).mode & 0o777, 0o640);
  t.deepEqual(readdirSync(folder), ['file']);
});

test('a symbolic link stays one', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real', 'file'), 'one');
  symlinkSync(join('real', 'file'), join(folder, 'link'));
  await replaceFile(join(folder, 'link'), Buffer.from('two'));
  t.is(readFileSync(join(folder, 'real', 'file'), 'utf8'), 'two');
});

test('a write that fails half-way leaves the old file and nothing else', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'file');
  writeFileSync(path, 'old');
  const module = fileURLToPath(new URL('../../../src/shared/atomic-file.js', import.meta.url));
  const script = `
    import { replaceFile } from ${JSON.stringify(module)};
    await replaceFile(${JSON.stringify(path)}, Buffer.alloc(100_000)).then(
      () => console.log('written'), (error) => console.log(error.code));`;
  // no file may grow beyond 8 KB in this process: the write fails after part of it
  const output = execFileSync('bash', [
    '-c',
    'ulimit -f 8; exec "$0" --input-type=module -e "$1"',
    process.execPath,
    script,
  ]);
  t.is(output.toString().trim(), 'EFBIG');
  t.is(readFileSync(path, 'utf8'), 'old');
  t.deepEqual(readdirSync(folder), ['file']);
});
