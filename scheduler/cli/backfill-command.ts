import { type Command, Option } from 'commander';
import { formatColumns } from '../../src/shared/command-line.js';
import { createBackfill } from '../loop/backfill.js';
import { type BackfillStep, REPROCESS, type Reprocess } from '../run/plan-backfill.js';
import { formatInstant } from './instant-text.js';
import { readCount, readDate, readParam } from './values.js';
import { withStore } from './with-store.js';

interface BackfillFlags {
  readonly from: number;
  readonly to: number;
  readonly reprocess: Reprocess;
  readonly backwards?: true;
  readonly dryRun?: true;
  readonly maxActiveRuns?: number;
  readonly param?: Readonly<Record<string, unknown>>;
  readonly json?: true;
}

export function addBackfillCommand(dags: Command): void {
  dags
    .command('backfill')
    .description('Run a DAG for past intervals of its schedule; live runs go first.')
    .argument('<dag>', 'id of the DAG')
    .requiredOption('--from <date>', 'first logical date, UTC unless it says otherwise', readDate)
    .requiredOption('--to <date>', 'last logical date', readDate)
    .addOption(
      new Option('--reprocess <which>', 'which runs that exist are done again')
        .choices(REPROCESS)
        .default('none'),
    )
    .option('--backwards', 'newest interval first')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--max-active-runs <n>', 'runs of this backfill at once; default 10', readCount)
    .option('--param <key=value>', 'a param of the runs, again for more; JSON or text', readParam)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ scheduler dags backfill sales --from 2026-10-01 --to 2026-10-31 --reprocess failed --dry-run',
    )
    .action((dagId: string, { param, json, ...options }: BackfillFlags, command: Command) =>
      withStore(command, async (store) => {
        const steps = await createBackfill(store, dagId, Date.now(), {
          ...options,
          ...(param && { params: param }),
        });
        console.log(json ? JSON.stringify(steps, null, 2) : describeSteps(steps, options.dryRun === true));
      }),
    );
}

function describeSteps(steps: readonly BackfillStep[], dryRun: boolean): string {
  if (steps.length === 0) return 'No complete interval starts in this range.';
  const of = (action: BackfillStep['action']) => steps.filter((step) => step.action === action).length;
  const counts = `${of('create')} runs ${dryRun ? 'to create' : 'created'}, ${of('clear')} ${dryRun ? 'to clear' : 'cleared'}, ${of('skip')} left as they are.`;
  if (!dryRun) return counts;
  const rows = steps.map(({ interval, action, run }) => [
    `${formatInstant(interval.start)}/${formatInstant(interval.end)}`,
    action,
    run === null ? '-' : `${run.runId} (${run.state})`,
  ]);
  return `${formatColumns(['DATA INTERVAL', 'ACTION', 'RUN'], rows)}\n\n${counts}`;
}
