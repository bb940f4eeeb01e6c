#!/usr/bin/env node
import { resolve } from 'node:path';
import { Command } from 'commander';
import {
  EXIT,
  formatColumns,
  interruptSignal,
  runProgram,
  withExamples,
} from '../../src/shared/command-line.js';
import { CodedError, messageOf } from '../../src/shared/errors.js';
import { toDate } from '../../src/shared/instant.js';
import { createLogger } from '../../src/shared/logger.js';
import { progressDisplay } from '../../src/shared/progress-bar.js';
import { jobNames, loadJob } from './job-files.js';
import { runJob } from './run-job.js';

interface Options {
  readonly list?: boolean;
  readonly start?: string;
  readonly end?: string;
  readonly date?: string;
  readonly param: Record<string, string>;
  readonly home?: string;
}

/** `--date D` is that UTC day; `--start` and `--end` go together; none of them: no interval. */
function intervalOf(options: Options): { start: Date; end: Date } | undefined {
  const { date, start, end } = options;
  if (date !== undefined) {
    if (start !== undefined || end !== undefined) {
      throw new CodedError('USAGE', '--date is a whole day; give it without --start and --end');
    }
    const day = toDate(date, '--date');
    return { start: day, end: new Date(day.getTime() + 86_400_000) };
  }
  if (start === undefined && end === undefined) return undefined;
  if (start === undefined || end === undefined) {
    throw new CodedError(
      'USAGE',
      `--start and --end go together; ${start === undefined ? '--start' : '--end'} is missing`,
    );
  }
  return { start: toDate(start, '--start'), end: toDate(end, '--end') };
}

function addParam(text: string, params: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new CodedError('USAGE', `--param ${JSON.stringify(text)}: expected name=value`);
  return { ...params, [text.slice(0, at)]: text.slice(at + 1) };
}

async function listJobs(home: string): Promise<void> {
  const rows: string[][] = [];
  for (const name of jobNames(home)) {
    try {
      const { description, params } = await loadJob(home, name);
      rows.push([
        name,
        Object.entries(params)
          .map(([key, value]) => `${key}=${value}`)
          .join(' '),
        description,
      ]);
    } catch (error) {
      rows.push([name, '', `cannot be loaded: ${messageOf(error)}`]);
      process.exitCode = EXIT.failed;
    }
  }
  console.log(formatColumns(['NAME', 'PARAMS', 'DESCRIPTION'], rows));
}

async function main(name: string | undefined, options: Options): Promise<void> {
  const home = resolve(options.home ?? process.env.SCHEDULER_HOME ?? '.');
  // users' paths, such as 'repository', are relative to the home folder
  process.chdir(home);
  if (options.list) return listJobs(home);
  if (name === undefined)
    throw new CodedError('USAGE', `which job? Known: ${jobNames(home).join(', ') || 'none'}`);
  const interval = intervalOf(options);
  const job = await loadJob(home, name);
  const bar = progressDisplay();
  try {
    const result = await runJob(name, job, {
      interval,
      params: options.param,
      log: createLogger(),
      signal: interruptSignal(),
      progress: ({ label, done, total }) => bar.update(label, done, total),
    });
    bar.stop();
    if (result !== undefined) console.log(JSON.stringify(result, null, 2));
  } finally {
    bar.stop();
  }
}

const program = withExamples(
  new Command('run-job')
    .description('Runs a job of feast_jobs/ here and now, with or without a scheduler running.')
    .argument('[name]', 'the job: the name of a file in feast_jobs/')
    .option('--list', 'list the jobs with their params')
    .option('--date <day>', 'the UTC day to work on, 2026-11-01')
    .option('--start <time>', 'start of the interval to work on (UTC unless it has an offset)')
    .option('--end <time>', 'end of the interval, not included')
    .option('--param <name=value>', 'set a param of the job; may be repeated', addParam, {})
    .option(
      '--home <folder>',
      'the folder that holds feast_jobs/ (default: $SCHEDULER_HOME or the working directory)',
    )
    .action(main),
  [
    'run-job --list',
    'run-job daily_materialization                      # from where each view left off until now',
    'run-job daily_materialization --date 2026-11-01',
    'run-job daily_materialization --param views=airport_hourly_stats',
  ],
);
await runProgram(program);
