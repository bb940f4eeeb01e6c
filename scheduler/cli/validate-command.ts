import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CodedError } from '../../src/shared/errors.js';
import { createLogger } from '../../src/shared/logger.js';
import { type LoadedFile, loadDagFile } from '../dag-files/load-dag-file.js';
import { createParseLane } from '../dag-files/parse-lane.js';
import { describeSchedule } from './describe-schedule.js';
import { drawGraph } from './text-graph.js';

export function addValidateCommand(dags: Command): void {
  dags
    .command('validate')
    .description(
      'Read one DAG file, anywhere, and say what it declares, or what is wrong; exits with 1 then.',
    )
    .argument('<file>', 'a .ts, .js or .mjs file')
    .option('--json', 'as JSON')
    .action(async (file: string, { json }: { json?: true }) => {
      const loaded = await readFile(resolve(file));
      if (loaded.kind === 'import_error') process.exitCode = 1;
      console.log(json ? JSON.stringify(asJson(loaded), null, 2) : describe(loaded));
    });
}

/** Apart from the scheduler: nothing is kept. */
async function readFile(path: string): Promise<LoadedFile> {
  if (!existsSync(path)) throw new CodedError('DAG_NOT_FOUND', `There is no file ${path}.`);
  const bundles = mkdtempSync(join(tmpdir(), 'dags-validate-'));
  const lane = createParseLane({ timeoutMs: 30_000, memoryMb: 512, logger: createLogger({ level: 'warn' }) });
  try {
    return await loadDagFile(basename(path), { dags: dirname(path), bundles }, lane, '');
  } finally {
    await lane.close();
    rmSync(bundles, { recursive: true, force: true });
  }
}

function asJson(loaded: LoadedFile): object {
  return loaded.kind === 'import_error' ? { error: loaded.error } : { dags: loaded.dags };
}

function describe(loaded: LoadedFile): string {
  if (loaded.kind === 'import_error') {
    const { file, line, column, message } = loaded.error;
    return `${[file, line, column].filter((part) => part !== undefined).join(':')}  ${message}`;
  }
  return loaded.dags
    .map(({ dagId, schedule, timeZone, tasks }) => {
      return `${dagId}  ${describeSchedule(schedule)}  ${timeZone}\n${drawGraph(tasks)}`;
    })
    .join('\n\n');
}
