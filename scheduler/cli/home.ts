import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CodedError } from '../../src/shared/errors.js';

/** Where the scheduler finds and keeps things; absolute paths. */
export interface Home {
  readonly folder: string;
  /** users' DAG files */
  readonly dags: string;
  readonly database: string;
  readonly logs: string;
  readonly bundles: string;
}

/**
 * The home folder: what is given, or SCHEDULER_HOME, or the working directory. It becomes the working directory,
 * so that relative paths in users' code mean the same wherever a command is called.
 * @throws CodedError HOME_NOT_FOUND
 */
export function enterHome(given: string | undefined): Home {
  const folder = resolve(given ?? process.env.SCHEDULER_HOME ?? '.');
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    const source = given === undefined ? 'SCHEDULER_HOME' : '--home';
    throw new CodedError('HOME_NOT_FOUND', `${source}: ${folder} is not a folder`);
  }
  process.chdir(folder);
  const state = join(folder, '.scheduler');
  return {
    folder,
    dags: join(folder, 'scheduler', 'dags'),
    database: join(state, 'scheduler.db'),
    logs: join(state, 'logs'),
    bundles: join(state, 'bundles'),
  };
}

/** @throws CodedError HOME_NOT_FOUND where there is no DAG folder: most often the command runs somewhere else */
export function requireDags(home: Home): void {
  if (existsSync(home.dags)) return;
  throw new CodedError(
    'HOME_NOT_FOUND',
    `${home.folder} has no scheduler/dags; run this from your home folder, or name it with --home or SCHEDULER_HOME. "npx feast init my_repo" makes a new one.`,
  );
}

/** Makes the folder that the database and all else the scheduler keeps go to. */
export function makeStateFolder(home: Home): void {
  mkdirSync(home.bundles, { recursive: true });
}
