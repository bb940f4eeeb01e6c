import { Command } from 'commander';
import { stringify } from 'yaml';
import { withExamples } from '../shared/command-line.js';
import { packageVersion } from '../shared/package-root.js';
import { withStore } from './context.js';

interface ApplyOptions {
  readonly skipSourceValidation?: boolean;
}

const skipOption = [
  '--skip-source-validation',
  'do not look whether data sources exist and hold the columns that are declared',
] as const;

/** plan, apply, teardown, validate, configuration, registry-dump, version. Feast: cli/cli.py:143-350. */
export function repositoryCommands(): Command[] {
  const plan = withExamples(
    new Command('plan')
      .description('Prints what apply would do; changes nothing and creates no file.')
      .option(...skipOption)
      .action((options: ApplyOptions, command: Command) =>
        withStore(command, async (store) => {
          const { lines } = await store.planRepository({ validateSources: !options.skipSourceValidation });
          console.log(lines.join('\n'));
        }),
      ),
    ['feast -c repository plan'],
  );
  const apply = withExamples(
    new Command('apply')
      .description(
        'Brings the registry and the online store in line with the definitions; what is gone is deleted.',
      )
      .option(...skipOption)
      .action((options: ApplyOptions, command: Command) =>
        withStore(command, async (store) => {
          const { lines } = await store.applyRepository({ validateSources: !options.skipSourceValidation });
          if (lines.length > 0) console.log(lines.join('\n'));
        }),
      ),
    ['feast -c repository apply'],
  );
  const teardown = new Command('teardown')
    .description('Deletes the tables of this project and its objects in the registry; other projects stay.')
    .action((_: unknown, command: Command) =>
      withStore(command, async (store) => {
        const { lines } = await store.teardown();
        console.log(
          lines.length > 0 ? lines.join('\n') : `Nothing to tear down for project ${store.project}`,
        );
      }),
    );
  const validate = new Command('validate')
    .description(
      'Checks the configuration, the definitions and the data sources; exits 1 at the first fault.',
    )
    .action((_: unknown, command: Command) =>
      withStore(command, async (store) => {
        await store.planRepository({ validateSources: true });
        console.log(`The repository of project ${store.project} is valid`);
      }),
    );
  const configuration = new Command('configuration')
    .description('Prints the configuration in force, defaults filled in, passwords left out.')
    .action((_: unknown, command: Command) =>
      withStore(command, async (store) => {
        process.stdout.write(stringify(store.describeConfiguration()));
      }),
    );
  const dump = new Command('registry-dump')
    .description('Prints the registry of this project as JSON.')
    .action((_: unknown, command: Command) =>
      withStore(command, async (store) => {
        console.log(JSON.stringify(await store.dumpRegistry(), null, 2));
      }),
    );
  const version = new Command('version').description('Prints the version of this package.').action(() => {
    console.log(packageVersion());
  });
  return [plan, apply, teardown, validate, configuration, dump, version];
}
