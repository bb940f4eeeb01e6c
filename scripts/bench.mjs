// Runs every benchmark in a process of its own and passes on its lines: one JSON object a figure.
// Arguments: parts of names, to run some of them: `npm run bench -- online`.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../dist/bench', import.meta.url));
const wanted = process.argv.slice(2);
/** Proofs rather than figures, minutes long: only when named. */
const ON_REQUEST = ['kill-materialization', 'registry-concurrency'];
for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.js'))
  .sort()) {
  const isWanted =
    wanted.length > 0
      ? wanted.some((part) => name.includes(part))
      : !ON_REQUEST.some((part) => name.startsWith(part));
  if (!isWanted) continue;
  execFileSync(process.execPath, [join(folder, name)], { stdio: 'inherit' });
}
