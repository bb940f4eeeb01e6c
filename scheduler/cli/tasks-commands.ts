import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CodedError } from '../../src/shared/errors.js';
import { didYouMean } from '../../src/shared/nearest.js';
import { clearTasks, findRun } from '../loop/operations.js';
import type { AttemptRecord } from '../store/records.js';
import type { RunStore } from '../store/run-store.js';
import { taskTable } from './runs-commands.js';
import { readCount } from './values.js';
import { withStore } from './with-store.js';

export function addTasksCommands(program: Command): void {
  const tasks = program.command('tasks').description('See tasks of runs, their logs, and run them again.');

  tasks
    .command('list')
    .description('The tasks of a run, with the progress or the error of their newest attempt.')
    .argument('<dag>', 'id of the DAG')
    .argument('<run>', 'id of the run')
    .option('--json', 'as JSON')
    .action((dagId: string, runId: string, { json }: { json?: true }, command: Command) =>
      withStore(command, async (store) => {
        const list = await store.listTasks((await findRun(store, dagId, runId)).key);
        const newest = await Promise.all(list.map(async ({ key }) => (await store.listAttempts(key)).at(-1)));
        if (json) {
          console.log(
            JSON.stringify(
              list.map((task, at) => ({ ...task, attempt: newest[at] ?? null })),
              null,
              2,
            ),
          );
          return;
        }
        console.log(taskTable(list));
        list.forEach(({ taskId }, at) => {
          const { error, progress } = newest[at] ?? { error: null, progress: null };
          if (error !== null)
            console.log(`\n${taskId}: ${error.code ? `${error.code} ` : ''}${error.message}`);
          else if (progress !== null) console.log(`\n${taskId}: ${JSON.stringify(progress)}`);
        });
      }),
    );

  tasks
    .command('logs')
    .description('What a task printed.')
    .argument('<dag>', 'id of the DAG')
    .argument('<run>', 'id of the run')
    .argument('<task>', 'id of the task')
    .option('--attempt <n>', 'of this attempt; default the newest', readCount)
    .addHelpText(
      'after',
      '\nExample:\n  $ scheduler tasks logs sales scheduled__2026-11-01T00:00:00+00:00 load --attempt 1',
    )
    .action(
      (dagId: string, runId: string, taskId: string, { attempt }: { attempt?: number }, command: Command) =>
        withStore(command, async (store) => {
          const { logFile, number } = await findAttempt(store, dagId, runId, taskId, attempt);
          if (!existsSync(logFile)) {
            throw new CodedError(
              'LOG_NOT_FOUND',
              `attempt ${number} of "${taskId}" has no log at ${logFile}; it has not begun, or the file was removed`,
            );
          }
          process.stdout.write(readFileSync(logFile));
        }),
    );

  tasks
    .command('clear')
    .description('Have tasks of a run done again, and all tasks after them.')
    .argument('<dag>', 'id of the DAG')
    .argument('<run>', 'id of the run')
    .argument('[tasks...]', 'ids of tasks; default all')
    .option('--no-downstream', 'only these tasks')
    .action(
      (
        dagId: string,
        runId: string,
        taskIds: string[],
        { downstream }: { downstream: boolean },
        command: Command,
      ) =>
        withStore(command, async (store) => {
          const chosen = taskIds.length > 0 ? { taskIds } : {};
          const cleared = await clearTasks(store, dagId, runId, Date.now(), { downstream, ...chosen });
          for (const { taskId } of cleared) console.log(taskId);
        }),
    );
}

/** @throws CodedError DAG_NOT_FOUND, RUN_NOT_FOUND, TASK_NOT_FOUND, LOG_NOT_FOUND */
async function findAttempt(
  store: RunStore,
  dagId: string,
  runId: string,
  taskId: string,
  number: number | undefined,
): Promise<AttemptRecord> {
  const all = await store.listTasks((await findRun(store, dagId, runId)).key);
  const task = all.find((one) => one.taskId === taskId);
  if (task === undefined) {
    const known = all.map((one) => one.taskId);
    throw new CodedError(
      'TASK_NOT_FOUND',
      `Run "${runId}" has no task "${taskId}".${didYouMean(taskId, known)}`,
    );
  }
  const attempts = await store.listAttempts(task.key);
  const found = number === undefined ? attempts.at(-1) : attempts.find((one) => one.number === number);
  if (found !== undefined) return found;
  const which =
    number === undefined ? 'has not begun' : `has no attempt ${number}, but ${attempts.length} in all`;
  throw new CodedError('LOG_NOT_FOUND', `Task "${taskId}" of run "${runId}" ${which}.`);
}
