// Runs the tests against real Feast. FEAST_PYTHON names a Python that has it; without one, an environment is made in
// the user's cache folder. Where neither is possible, it says so and succeeds.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FEAST = 'feast[redis,postgres,mysql,duckdb]==0.66.*';
const root = fileURLToPath(new URL('..', import.meta.url));
const environment = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'feast-scheduler',
  'feast-0.66',
);

function hasFeast(python) {
  return spawnSync(python, ['-c', 'import feast'], { stdio: 'ignore' }).status === 0;
}

/** The Python of the cached environment, made now if need be; an Error says why there is none. */
function preparedPython() {
  const python = join(environment, 'bin', 'python');
  if (existsSync(python) && hasFeast(python)) return python;
  console.log(`making a Python environment with ${FEAST} in ${environment}`);
  execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', FEAST], { stdio: 'inherit' });
  return python;
}

let python = process.env.FEAST_PYTHON;
if (python !== undefined && !hasFeast(python)) {
  console.error(`FEAST_PYTHON=${python}: this Python does not have Feast`);
  process.exit(1);
}
try {
  python ??= preparedPython();
} catch (error) {
  console.log(
    `skipped: no Python with Feast could be set up (${error.message.split('\n')[0]}); set FEAST_PYTHON`,
  );
  process.exit(0);
}
const { status } = spawnSync('npx', ['ava', '--config', 'ava.interop.config.js', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FEAST_PYTHON: python },
});
process.exit(status ?? 1);
