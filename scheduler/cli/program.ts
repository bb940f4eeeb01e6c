import { Command } from 'commander';
import { packageVersion } from '../../src/shared/package-root.js';
import { addDagsCommands } from './dags-commands.js';
import { addRunsCommands } from './runs-commands.js';
import { addStartCommand } from './start-command.js';
import { addTasksCommands } from './tasks-commands.js';

/** The `scheduler` command with all below it. */
export function createProgram(): Command {
  const program = new Command('scheduler')
    .description('Runs DAGs on schedule: drop a file into scheduler/dags, and it is picked up.')
    .version(packageVersion())
    .option('--home <folder>', 'home folder, which holds scheduler/dags; default SCHEDULER_HOME, or here')
    .addHelpText(
      'after',
      `
Examples:
  $ scheduler start                            # run what is due, until stopped
  $ scheduler start --once                     # run what is due, then exit
  $ scheduler dags list
  $ scheduler dags test my_dag                 # try a DAG without the scheduler
  $ scheduler dags trigger my_dag --param region=eu
  $ scheduler runs list my_dag --state failed
  $ scheduler tasks logs my_dag RUN my_task

Exit codes: 0 done, 1 it failed, 2 the command was called wrongly.`,
    );
  addStartCommand(program);
  addDagsCommands(program);
  addRunsCommands(program);
  addTasksCommands(program);
  return program;
}
