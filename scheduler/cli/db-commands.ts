import type { Command } from 'commander';
import { cleanRuns, runsToClean } from '../loop/retention.js';
import { runTable } from './runs-commands.js';
import { readDate } from './values.js';
import { withStore } from './with-store.js';

interface CleanOptions {
  readonly before: number;
  readonly dryRun?: true;
  readonly json?: true;
}

export function addDbCommands(program: Command): void {
  const db = program.command('db').description('Look after the state database.');

  db.command('migrate')
    .description('Bring the schema of the state database up to date; every other command does so, too.')
    .action((_options: object, command: Command) =>
      // opening it is all that it takes
      withStore(command, async (_store, home) => console.log(`${home.database} is up to date.`)),
    );

  db.command('check')
    .description('Look for damage in the state database; exits with 1 if there is any.')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: true }, command: Command) =>
      withStore(command, async (store, home) => {
        const problems = await store.check();
        if (json) console.log(JSON.stringify(problems, null, 2));
        else if (problems.length === 0) console.log(`${home.database} is sound.`);
        else for (const problem of problems) console.log(problem);
        if (problems.length > 0) process.exitCode = 1;
      }),
    );

  db.command('clean')
    .description('Delete runs that are over, with their tasks, attempts, values and logs.')
    .requiredOption(
      '--before <date>',
      'those that ended before this date, UTC unless it says otherwise',
      readDate,
    )
    .option('--dry-run', 'list them, and delete nothing')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nThe newest run of a DAG stays, and so does one that a run that is not over may ask about its past.\n\nExample:\n  $ scheduler db clean --before 2026-08-01 --dry-run',
    )
    .action(({ before, dryRun, json }: CleanOptions, command: Command) =>
      withStore(command, async (store, home) => {
        if (dryRun) {
          const runs = await runsToClean(store, before);
          const text = runs.length === 0 ? 'No runs.' : runTable(runs);
          console.log(json ? JSON.stringify(runs, null, 2) : `${text}\n${runs.length} runs to delete.`);
          return;
        }
        const cleaned = await cleanRuns(store, before, home.logs);
        console.log(json ? JSON.stringify(cleaned) : `${cleaned.runs} runs deleted.`);
      }),
    );
}
