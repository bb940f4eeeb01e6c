import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { withExamples } from '../shared/command-line.js';
import { CodedError } from '../shared/errors.js';
import { packageRoot } from '../shared/package-root.js';
import { DRIVERS_TS, driverStatsCsv, featureStoreYaml } from './example-repository.js';

/** Files of this package that a new home starts from: the same that serve the sample repository. */
const SHARED_FILES = [
  'feast_jobs/apply.ts',
  'feast_jobs/check_freshness.ts',
  'feast_jobs/daily_materialization.ts',
  'scheduler/dags/feast_materialization.ts',
];

/** `feast init`: makes the three folders that the programs look for. Feast: repo_operations.py init_repo. */
export function initCommand(): Command {
  return withExamples(
    new Command('init')
      .description('Makes a new home: a feature repository, its jobs and a DAG that materializes it daily.')
      .argument('[folder]', 'where; made if it is missing', '.')
      .option('-m, --minimal', 'without the example definitions and data')
      .action((folder: string, options: { minimal?: boolean }) =>
        init(resolve(folder), options.minimal === true),
      ),
    ['feast init my_repo', 'cd my_repo && feast -c repository apply && scheduler start --once'],
  );
}

function init(home: string, minimal: boolean): void {
  const repository = join(home, 'repository');
  if (existsSync(repository) && readdirSync(repository).length > 0) {
    throw new CodedError('USAGE', `${repository} is not empty; name another folder`);
  }
  const files: Record<string, string> = {
    'repository/feature_store.yaml': featureStoreYaml(projectName(home)),
  };
  if (!minimal) {
    files['repository/drivers.ts'] = DRIVERS_TS;
    files['repository/data/driver_stats.csv'] = driverStatsCsv(new Date());
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text, { flag: 'wx' });
  }
  for (const name of SHARED_FILES)
    cpSync(join(packageRoot(), name), join(home, name), { errorOnExist: true, force: false });
  const place = relative(process.cwd(), home) || '.';
  console.log(
    `Made ${[...Object.keys(files), ...SHARED_FILES].map((name) => join(place, name)).join('\n     ')}`,
  );
  console.log(`\nNext: cd ${place} && npx feast -c repository apply && npx scheduler start --once`);
}

/** The folder's name, made into one that is legal for a project. */
function projectName(home: string): string {
  const name = home
    .split(/[\\/]/)
    .at(-1)!
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+/, '');
  return name === '' ? 'my_project' : name;
}
