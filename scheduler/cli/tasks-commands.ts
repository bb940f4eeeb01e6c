import { existsSync, readFileSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { CodedError } from '../../src/shared/errors.js';
import { clearTasks, findRun, findTasks, markTasks } from '../loop/operations.js';
import type { AttemptRecord, TaskRecord } from '../store/records.js';
import type { Mark, RunStore } from '../store/run-store.js';
import { followLog } from './log-follower.js';
import { taskTable } from './runs-commands.js';
import { readCount } from './values.js';
import { withStore } from './with-store.js';

interface LogOptions {
  readonly attempt?: number;
  readonly follow?: true;
}

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
    .option('-f, --follow', 'go on until the attempt ends')
    .addHelpText(
      'after',
      '\nExample:\n  $ scheduler tasks logs sales scheduled__2026-11-01T00:00:00+00:00 load --attempt 1',
    )
    .action((dagId: string, runId: string, taskId: string, options: LogOptions, command: Command) =>
      withStore(command, (store) => printLog(store, dagId, runId, taskId, options)),
    );

  tasks
    .command('mark')
    .description(
      'Say how tasks of a run ended; what runs of them is stopped, what follows on them may go on.',
    )
    .argument('<dag>', 'id of the DAG')
    .argument('<run>', 'id of the run')
    .addArgument(new Argument('<state>', 'how they ended').choices(['success', 'failed']))
    .argument('<tasks...>', 'ids of tasks')
    .action(
      (dagId: string, runId: string, mark: Mark, taskIds: string[], _options: object, command: Command) =>
        withStore(command, (store) => markTasks(store, dagId, runId, taskIds, mark, Date.now())),
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

async function printLog(
  store: RunStore,
  dagId: string,
  runId: string,
  taskId: string,
  { attempt, follow }: LogOptions,
): Promise<void> {
  const [task] = await findTasks(store, await findRun(store, dagId, runId), [taskId]);
  const { logFile, number } = await findAttempt(store, task!, runId, attempt);
  if (follow) {
    const isOver = async () => {
      const one = (await store.listAttempts(task!.key)).find((other) => other.number === number);
      return one?.state !== 'running';
    };
    await followLog(logFile, isOver, (chunk) => process.stdout.write(chunk));
    return;
  }
  if (!existsSync(logFile)) {
    throw new CodedError(
      'LOG_NOT_FOUND',
      `attempt ${number} of "${taskId}" has no log at ${logFile}; it has not begun, or the file was removed`,
    );
  }
  process.stdout.write(readFileSync(logFile));
}

/** @throws CodedError LOG_NOT_FOUND */
async function findAttempt(
  store: RunStore,
  { key, taskId }: TaskRecord,
  runId: string,
  number: number | undefined,
): Promise<AttemptRecord> {
  const attempts = await store.listAttempts(key);
  const found = number === undefined ? attempts.at(-1) : attempts.find((one) => one.number === number);
  if (found !== undefined) return found;
  const which =
    number === undefined ? 'has not begun' : `has no attempt ${number}, but ${attempts.length} in all`;
  throw new CodedError('LOG_NOT_FOUND', `Task "${taskId}" of run "${runId}" ${which}.`);
}
