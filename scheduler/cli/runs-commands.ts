import { type Command, Option } from 'commander';
import { formatColumns } from '../../src/shared/command-line.js';
import { formatDuration } from '../../src/shared/duration.js';
import { findDag, findRun } from '../loop/operations.js';
import type { RunState } from '../run/states.js';
import type { RunRecord, TaskRecord } from '../store/records.js';
import { formatInstant } from './instant-text.js';
import { readCount } from './values.js';
import { withStore } from './with-store.js';

interface ListOptions {
  readonly state?: RunState;
  readonly limit: number;
  readonly json?: true;
}

export function addRunsCommands(program: Command): void {
  const runs = program.command('runs').description('See runs of DAGs.');

  runs
    .command('list')
    .description('Runs, newest first.')
    .argument('[dag]', 'of this DAG only')
    .addOption(
      new Option('--state <state>', 'in this state only').choices(['queued', 'running', 'success', 'failed']),
    )
    .option('--limit <n>', 'at most so many', readCount, 25)
    .option('--json', 'as JSON')
    .action((dagId: string | undefined, { state, limit, json }: ListOptions, command: Command) =>
      withStore(command, async (store) => {
        if (dagId !== undefined) await findDag(store, dagId);
        const found = await store.listRuns({
          limit,
          ...(dagId && { dagId }),
          ...(state && { states: [state] }),
        });
        console.log(
          json ? JSON.stringify(found, null, 2) : found.length === 0 ? 'No runs.' : runTable(found),
        );
      }),
    );

  runs
    .command('show')
    .description('One run and its tasks.')
    .argument('<dag>', 'id of the DAG')
    .argument('<run>', 'id of the run, as "runs list" shows it')
    .option('--json', 'as JSON')
    .action((dagId: string, runId: string, { json }: { json?: true }, command: Command) =>
      withStore(command, async (store) => {
        const run = await findRun(store, dagId, runId);
        const tasks = await store.listTasks(run.key);
        console.log(
          json ? JSON.stringify({ ...run, tasks }, null, 2) : `${runTable([run])}\n\n${taskTable(tasks)}`,
        );
      }),
    );
}

function runTable(runs: readonly RunRecord[]): string {
  const rows = runs.map((run) => [
    run.dagId,
    run.runId,
    run.state,
    `${formatInstant(run.intervalStart)}/${formatInstant(run.intervalEnd)}`,
    formatInstant(run.startedAt),
    took(run),
  ]);
  return formatColumns(['DAG', 'RUN', 'STATE', 'DATA INTERVAL', 'STARTED', 'TOOK'], rows);
}

/** The tasks of a run, in topological order. */
export function taskTable(tasks: readonly TaskRecord[]): string {
  const rows = tasks.map((task) => [
    task.taskId,
    task.state,
    String(task.attempts),
    formatInstant(task.startedAt),
    took(task),
  ]);
  return formatColumns(['TASK', 'STATE', 'ATTEMPTS', 'STARTED', 'TOOK'], rows);
}

function took({ startedAt, endedAt }: { startedAt: number | null; endedAt: number | null }): string {
  return startedAt === null || endedAt === null ? '-' : formatDuration(endedAt - startedAt);
}
