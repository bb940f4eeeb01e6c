import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CodedError } from '../../src/shared/errors.js';
import { createLogger } from '../../src/shared/logger.js';
import { didYouMean } from '../../src/shared/nearest.js';
import type { DagFileEvent, DagFiles } from '../dag-files/dag-files.js';
import { createDagFiles } from '../dag-files/folder-dag-files.js';
import { createHostedExecutor } from '../executor/hosted-executor.js';
import type { LoopEvent } from '../loop/loop-events.js';
import { runIdOf } from '../loop/run-ids.js';
import { SchedulerLoop } from '../loop/scheduler-loop.js';
import { timetableOf } from '../run/plan-tick.js';
import { openRunStore } from '../store/open-run-store.js';
import { type Home, makeStateFolder, requireDags } from './home.js';
import { taskTable } from './runs-commands.js';
import { readDate, readParam } from './values.js';
import { homeOf } from './with-store.js';

interface TestOptions {
  readonly date?: number;
  readonly param?: Readonly<Record<string, unknown>>;
}

type ParsedFile = Extract<DagFileEvent, { kind: 'parsed' }>;

export function addTestCommand(dags: Command): void {
  dags
    .command('test')
    .description(
      'Run a DAG once, here and now, on a state database that is thrown away; exits with 1 if it fails.',
    )
    .argument('<dag>', 'id of the DAG')
    .option('--date <date>', 'logical date, UTC unless it says otherwise; default now', readDate)
    .option('--param <key=value>', 'a param of the run, again for more; JSON or text', readParam)
    .addHelpText(
      'after',
      '\nThe scheduler need not run, and does not hear of it. What tasks do is real.\n\nExample:\n  $ scheduler dags test feast_materialization --date 2026-11-01',
    )
    .action((dagId: string, options: TestOptions, command: Command) =>
      testDag(dagId, options, homeOf(command)),
    );
}

async function testDag(
  dagId: string,
  { date = Date.now(), param = {} }: TestOptions,
  home: Home,
): Promise<void> {
  requireDags(home);
  makeStateFolder(home);
  const file = await findDagFile(dagId, home);
  const spec = file.dags.find((one) => one.dagId === dagId)!;
  const interval = timetableOf(spec).manualInterval(date);
  // of its own accord, nothing runs
  const parsed: ParsedFile = {
    ...file,
    dags: [{ ...spec, schedule: { kind: 'none' }, pausedUponCreation: false }],
  };

  const temporary = mkdtempSync(join(tmpdir(), 'dags-test-'));
  const store = await openRunStore(join(temporary, 'scheduler.db'));
  try {
    await store.saveDagFile({
      file: parsed.file,
      bundle: parsed.bundle,
      dags: [{ spec: parsed.dags[0]!, next: null }],
    });
    const runId = runIdOf('manual', date);
    await store.createRun(
      {
        dagId,
        runId,
        version: spec.version,
        type: 'manual',
        logicalDate: date,
        intervalStart: interval.start,
        intervalEnd: interval.end,
        params: { ...spec.params, ...param },
      },
      Date.now(),
    );
    const logger = createLogger({ level: 'warn' });
    const loop = new SchedulerLoop({
      store,
      dagFiles: justThisFile(parsed),
      executor: createHostedExecutor({ capacity: 2, logger }),
      logFolder: join(temporary, 'logs'),
      onEvent: printLogs(),
    });
    await loop.runOnce();
    const run = (await store.getRun(dagId, runId))!;
    console.log(`${taskTable(await store.listTasks(run.key))}\n\n${dagId} ${run.state}`);
    if (run.state !== 'success') process.exitCode = 1;
  } finally {
    await store.close();
    rmSync(temporary, { recursive: true });
  }
}

/** @throws CodedError DAG_NOT_FOUND, naming the broken files that may hold it */
async function findDagFile(dagId: string, home: Home): Promise<ParsedFile> {
  const folders = { dagsFolder: home.dags, bundlesFolder: home.bundles, homeFolder: home.folder };
  const files = createDagFiles({ ...folders, logger: createLogger({ level: 'warn' }) });
  const events: DagFileEvent[] = [];
  files.onEvent((event) => events.push(event));
  await files.scan();
  await files.close();

  const parsed = events.filter((event) => event.kind === 'parsed');
  const found = parsed.find(({ dags }) => dags.some((one) => one.dagId === dagId));
  if (found !== undefined) return found;
  const ids = parsed.flatMap(({ dags }) => dags.map((one) => one.dagId));
  const broken = events
    .filter((event) => event.kind === 'import_error')
    .map(({ error }) => {
      return `\n  ${[error.file, error.line].filter((part) => part !== undefined).join(':')}  ${error.message}`;
    });
  const hint = broken.length === 0 ? '' : ` Files that cannot be used:${broken.join('')}`;
  throw new CodedError('DAG_NOT_FOUND', `There is no DAG "${dagId}".${didYouMean(dagId, ids)}${hint}`);
}

function justThisFile(parsed: ParsedFile): DagFiles {
  let listener: (event: DagFileEvent) => void = () => {};
  return {
    onEvent: (next) => {
      listener = next;
    },
    scan: async () => listener(parsed),
    watch: () => {},
    prune: async () => {},
    close: async () => {},
  };
}

/** Prints each attempt's log when it ends, whole, so that those of tasks side by side do not mix. */
function printLogs(): (event: LoopEvent) => void {
  const logs = new Map<string, string>();
  return (event) => {
    if (event.kind === 'attempt_started') logs.set(event.taskId, event.logFile);
    if (event.kind === 'attempt_finished')
      process.stdout.write(`${readFileSync(logs.get(event.taskId)!, 'utf8')}\n`);
  };
}
