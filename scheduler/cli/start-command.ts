import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { createLogger, LOG_LEVELS, type LogLevel } from '../../src/shared/logger.js';
import { createDagFiles } from '../dag-files/folder-dag-files.js';
import { createHostedExecutor } from '../executor/hosted-executor.js';
import { logLoopEvents } from '../loop/loop-events.js';
import { SchedulerLoop } from '../loop/scheduler-loop.js';
import type { OnceSummary } from '../loop/tally.js';
import { openRunStore } from '../store/open-run-store.js';
import { makeStateFolder, requireDags } from './home.js';
import { showOnceProgress } from './once-progress.js';
import { stopOnSignals } from './signals.js';
import { readCount } from './values.js';
import { homeOf } from './with-store.js';

interface StartOptions {
  readonly once?: true;
  readonly json?: true;
  readonly parallelism: number;
  readonly logLevel?: LogLevel;
}

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('Read the DAG files and run what is due, until stopped.')
    .option(
      '--once',
      'run what is due now, say what was done, and exit: 1 if a run failed or a DAG file is broken',
    )
    .option('--parallelism <n>', 'tasks at once', readCount, Math.max(2, availableParallelism()))
    .option('--json', 'with --once: say what was done as JSON')
    .addOption(new Option('--log-level <level>', 'how much to log; default info').choices(LOG_LEVELS))
    .addHelpText(
      'after',
      `
Every .ts, .js and .mjs file below scheduler/dags is read; new, changed and removed files are noticed within
seconds. Log lines go to standard error, what tasks print to .scheduler/logs.
Ctrl-C lets running tasks finish for up to 30 seconds; a second one stops them, and they run again next time.

Examples:
  $ scheduler start
  $ scheduler start --once            # catch up, then exit: for cron, or a container that ends
  $ scheduler start --parallelism 8 --home /srv/features`,
    )
    .action((options: StartOptions, command: Command) => start(options, command));
}

async function start({ once, json, parallelism, logLevel }: StartOptions, command: Command): Promise<void> {
  const home = homeOf(command);
  requireDags(home);
  makeStateFolder(home);
  // on a terminal one moving line tells of --once; a log level that was asked for is kept to
  const bar =
    once && process.stderr.isTTY && logLevel === undefined ? showOnceProgress(process.stderr) : undefined;
  const logger = createLogger({ level: logLevel ?? (bar === undefined ? 'info' : 'warn') });
  const log = logLoopEvents(logger);
  const store = await openRunStore(home.database);
  try {
    const folders = { dagsFolder: home.dags, bundlesFolder: home.bundles, homeFolder: home.folder };
    const loop = new SchedulerLoop({
      store,
      dagFiles: createDagFiles({ ...folders, logger }),
      executor: createHostedExecutor({ capacity: parallelism, logger }),
      logFolder: home.logs,
      onEvent: (event) => {
        bar?.onEvent(event);
        log(event);
      },
    });
    let summary: OnceSummary | undefined;
    const forget = stopOnSignals(loop, logger);
    try {
      if (once) summary = await loop.runOnce();
      else await loop.run();
    } finally {
      forget();
      bar?.stop();
    }
    if (summary !== undefined) report(summary, json === true);
  } finally {
    await store.close();
  }
}

function report(summary: OnceSummary, json: boolean): void {
  console.log(json ? JSON.stringify(summary) : describeSummary(summary));
  if (summary.runs.failed > 0 || summary.importErrors > 0) process.exitCode = 1;
}

/** What `--once` did, in a few lines. */
function describeSummary({
  runsCreated,
  runs,
  tasks,
  retries,
  unfinishedRuns,
  importErrors,
  seconds,
}: OnceSummary): string {
  const lines: string[] = [];
  const ended = runs.success + runs.failed;
  if (runsCreated === 0 && ended === 0) lines.push('Nothing was due.');
  else {
    lines.push(
      `${runsCreated} runs created; ${runs.success} succeeded, ${runs.failed} failed, in ${seconds.toFixed(1)} s.`,
      `Tasks: ${tasks.success} succeeded, ${tasks.failed} failed, ${tasks.upstream_failed} not run because of that, ${tasks.skipped} skipped; ${retries} retries.`,
    );
  }
  if (unfinishedRuns > 0) lines.push(`${unfinishedRuns} runs are not finished: see "scheduler runs list".`);
  if (importErrors > 0)
    lines.push(`${importErrors} DAG files cannot be used: see "scheduler dags list-import-errors".`);
  return lines.join('\n');
}
