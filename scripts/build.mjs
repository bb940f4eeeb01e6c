// Compiles everything to dist/: the codecs from proto/, then the TypeScript.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);

const filesBelow = (folder, ending) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));

const newest = (files) =>
  Math.max(0, ...files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));

function generateCodecs() {
  const protos = filesBelow(join(root, 'proto', 'feast'), '.proto');
  const folder = join(root, 'proto', 'generated');
  const output = join(folder, 'feast.js');
  if (newest([output]) < newest([...protos, join(root, 'node_modules', 'protobufjs-cli', 'package.json')])) {
    mkdirSync(folder, { recursive: true });
    const options = ['-t', 'static-module', '-w', 'esm', '--no-verify', '--no-delimited', '--no-typeurl'];
    const pbjs = (...more) =>
      execFileSync(bin('pbjs'), [...options, '-p', join(root, 'proto'), '-o', output, ...more, ...protos]);
    // twice: declarations are drawn from the comments, and the code loads faster without them
    pbjs('-d');
    const declarations = readFileSync(output.replace(/js$/, 'd.ts'));
    pbjs('--no-comments');
    writeFileSync(output.replace(/js$/, 'd.ts'), declarations);
  }
  mkdirSync(join(root, 'dist', 'proto', 'generated'), { recursive: true });
  copyFileSync(output, join(root, 'dist', 'proto', 'generated', 'feast.js'));
}

// A file that was deleted or renamed must not live on in dist/, where its test would still run.
for (const folder of ['src', 'scheduler', 'feast_jobs', 'repository', 'test', 'bench']) {
  rmSync(join(root, 'dist', folder), { recursive: true, force: true });
}
generateCodecs();
execFileSync(bin('tsc'), ['-p', join(root, 'tsconfig.json')], { stdio: 'inherit' });
