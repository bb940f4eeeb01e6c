import type { Command } from 'commander';
import { formatColumns } from '../../src/shared/command-line.js';
import { findDag, nextRunOf, setPaused, triggerRun } from '../loop/operations.js';
import type { DagRecord } from '../store/records.js';
import { addBackfillCommand } from './backfill-command.js';
import { describeSchedule } from './describe-schedule.js';
import { formatInstant } from './instant-text.js';
import { addTestCommand } from './test-command.js';
import { readDate, readParam } from './values.js';
import { withStore } from './with-store.js';

interface JsonOption {
  readonly json?: true;
}

export function addDagsCommands(program: Command): void {
  const dags = program.command('dags').description('See, trigger, pause and test DAGs.');

  dags
    .command('list')
    .description('All DAGs that the scheduler has read.')
    .option('--json', 'as JSON')
    .action(({ json }: JsonOption, command: Command) =>
      withStore(command, async (store) => {
        const known = await store.listDags();
        if (json) print(known.map(describeDag));
        else if (known.length === 0)
          console.log('No DAG is known yet: put one into scheduler/dags and run "scheduler start".');
        else console.log(dagTable(known));
      }),
    );

  dags
    .command('show')
    .description('One DAG: its schedule, its tasks and their order.')
    .argument('<dag>', 'id of the DAG')
    .option('--json', 'as JSON')
    .action((dagId: string, { json }: JsonOption, command: Command) =>
      withStore(command, async (store) => {
        const dag = await findDag(store, dagId);
        if (json) print({ ...describeDag(dag), ...dag.spec });
        else console.log(showDag(dag));
      }),
    );

  dags
    .command('trigger')
    .description('Ask for a run now; a running scheduler starts it within a second.')
    .argument('<dag>', 'id of the DAG')
    .option('--date <date>', 'logical date, UTC unless it says otherwise; default now', readDate)
    .option('--param <key=value>', 'a param of the run, again for more; JSON or text', readParam)
    .addHelpText(
      'after',
      '\nExample:\n  $ scheduler dags trigger feast_materialization --date 2026-11-01 --param views=\'["a"]\'',
    )
    .action((dagId: string, options: { date?: number; param?: Record<string, unknown> }, command: Command) =>
      withStore(command, async (store) => {
        const run = await triggerRun(store, dagId, Date.now(), {
          ...(options.param && { params: options.param }),
          ...(options.date !== undefined && { logicalDate: options.date }),
        });
        console.log(run.runId);
      }),
    );

  for (const [verb, paused, what] of [
    [
      'pause',
      true,
      'Create no more runs of these DAGs and start none of their tasks; what runs is finished.',
    ],
    ['unpause', false, 'Go on with paused DAGs.'],
  ] as const) {
    dags
      .command(verb)
      .description(what)
      .argument('<dags...>', 'ids of DAGs')
      .action((dagIds: string[], _options: object, command: Command) =>
        withStore(command, async (store) => {
          for (const dagId of dagIds) await setPaused(store, dagId, paused);
        }),
      );
  }

  dags
    .command('list-import-errors')
    .description('DAG files that cannot be used, and why; exits with 1 if there are any.')
    .option('--json', 'as JSON')
    .action(({ json }: JsonOption, command: Command) =>
      withStore(command, async (store) => {
        const errors = await store.listImportErrors();
        if (json) print(errors);
        else if (errors.length === 0) console.log('No import errors.');
        else {
          for (const { file, line, column, message } of errors) {
            console.log(`${[file, line, column].filter((part) => part !== null).join(':')}  ${message}`);
          }
        }
        if (errors.length > 0) process.exitCode = 1;
      }),
    );

  addBackfillCommand(dags);
  addTestCommand(dags);
}

function describeDag(dag: DagRecord) {
  const { dagId, state, paused, spec } = dag;
  const next = nextRunOf(dag, Date.now());
  const schedule = describeSchedule(spec.schedule);
  return {
    dagId,
    state,
    paused,
    schedule,
    timeZone: spec.timeZone,
    next: next && formatInstant(next.end),
    file: spec.file,
  };
}

function dagTable(dags: readonly DagRecord[]): string {
  const rows = dags.map(describeDag).map(({ dagId, state, paused, schedule, timeZone, next, file }) => {
    return [dagId, paused && state === 'active' ? 'paused' : state, schedule, timeZone, next ?? '-', file];
  });
  return formatColumns(['DAG', 'STATE', 'SCHEDULE', 'TIME ZONE', 'NEXT RUN', 'FILE'], rows);
}

function showDag(dag: DagRecord): string {
  const { spec } = dag;
  const rows = spec.tasks.map(({ taskId, upstream, triggerRule, retries, timeoutMs }) => {
    return [
      taskId,
      upstream.join(', ') || '-',
      triggerRule,
      String(retries),
      timeoutMs === null ? '-' : `${timeoutMs / 1000}s`,
    ];
  });
  const about = spec.description === '' ? '' : `${spec.description}\n\n`;
  return `${dagTable([dag])}\n\n${about}${formatColumns(['TASK', 'AFTER', 'TRIGGER RULE', 'RETRIES', 'TIMEOUT'], rows)}`;
}

function print(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}
