import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CodedError } from '../../src/shared/errors.js';
import { loadModules } from '../../src/shared/load-module.js';
import { didYouMean } from '../../src/shared/nearest.js';
import type { Job } from './job.js';

const ENDINGS = ['.ts', '.js', '.mjs'];

/** Names of the jobs of a home folder: the files of its feast_jobs folder, sorted. */
export function jobNames(home: string): string[] {
  const folder = join(home, 'feast_jobs');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[A-Za-z0-9_-]+\.(ts|js|mjs)$/.test(entry.name))
    .map((entry) => entry.name.replace(/\.\w+$/, ''))
    .sort();
}

/**
 * Loads a job.
 * @throws CodedError JOB_NOT_FOUND, MODULE_LOAD_FAILED, JOB_INVALID
 */
export async function loadJob(home: string, name: string): Promise<Job> {
  const names = jobNames(home);
  if (!names.includes(name)) {
    const folder = resolve(home, 'feast_jobs');
    throw new CodedError('JOB_NOT_FOUND', `no job "${name}" in ${folder}.${didYouMean(name, names)}`);
  }
  const file = ENDINGS.map((ending) => resolve(home, 'feast_jobs', name + ending)).find((path) =>
    existsSync(path),
  )!;
  const [module] = await loadModules([file]);
  const exported = module?.default as Job | undefined;
  if (exported?.kind !== 'job') {
    throw new CodedError(
      'JOB_INVALID',
      `${file}: expected "export default job({ description }, async (context) => …)"`,
    );
  }
  return exported;
}
