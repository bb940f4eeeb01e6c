import { Command } from 'commander';
import { stringify } from 'yaml';
import { withExamples } from '../shared/command-line.js';
import { CodedError } from '../shared/errors.js';
import { packageVersion } from '../shared/package-root.js';
import type { ObjectKind } from '../store/feature-store.js';
import { withConsent } from './confirm.js';
import { withStore } from './context.js';
import { LISTINGS } from './listings.js';

interface ApplyOptions {
  readonly skipSourceValidation?: boolean;
  readonly allowDestructive?: boolean;
  readonly json?: boolean;
}

const skipOption = [
  '--skip-source-validation',
  'do not look whether data sources exist and hold the columns that are declared',
] as const;

const destructiveOption = [
  '--allow-destructive',
  'allow changes that lose materialized data; asked for on a terminal, refused elsewhere',
] as const;

/** plan, apply, delete, teardown, validate, configuration, registry-dump, version. Feast: cli/cli.py:143-350. */
export function repositoryCommands(): Command[] {
  const plan = withExamples(
    new Command('plan')
      .description('Prints what apply would do; changes nothing and creates no file.')
      .option(...skipOption)
      .option('--json', 'print the plan as JSON')
      .action((options: ApplyOptions, command: Command) =>
        withStore(command, async (store) => {
          const { lines, json } = await store.planRepository({
            validateSources: !options.skipSourceValidation,
          });
          console.log(options.json ? JSON.stringify(json, null, 2) : lines.join('\n'));
        }),
      ),
    ['feast -c repository plan', 'feast -c repository plan --json'],
  );
  const apply = withExamples(
    new Command('apply')
      .description(
        'Brings the registry and the online store in line with the definitions; what is gone is deleted.',
      )
      .option(...skipOption)
      .option(...destructiveOption)
      .action((options: ApplyOptions, command: Command) =>
        withStore(command, async (store) => {
          const validateSources = !options.skipSourceValidation;
          const { lines } = await withConsent(options.allowDestructive === true, (allowDestructive) =>
            store.applyRepository({ validateSources, allowDestructive }),
          );
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
  return [plan, apply, deleteCommand(), teardown, validate, configuration, dump, version];
}

interface DeleteOptions {
  readonly kind?: string;
  readonly allowDestructive?: boolean;
}

/** Feast: cli/cli.py:148-203, which takes the first of its kinds that has the name. */
function deleteCommand(): Command {
  const kinds = LISTINGS.filter(({ kinds: [kind] }) => kind !== 'project').map(({ kinds: [kind] }) => kind!);
  return withExamples(
    new Command('delete')
      .description('Deletes one registered object that nothing else is built on; a view with its table.')
      .argument('<name>')
      .option('--kind <kind>', `where several have the name: ${kinds.join(', ')}`)
      .option(...destructiveOption)
      .action((name: string, options: DeleteOptions, command: Command) =>
        withStore(command, async ({ registry }) => {
          const kind = options.kind?.replaceAll('-', '_');
          if (kind !== undefined && !kinds.includes(kind as ObjectKind)) {
            throw new CodedError('USAGE', `--kind ${options.kind}: expected one of ${kinds.join(', ')}`);
          }
          const lines = await withConsent(options.allowDestructive === true, (allowDestructive) =>
            registry.delete(name, { kind: kind as ObjectKind | undefined, allowDestructive }),
          );
          console.log(lines.join('\n'));
        }),
      ),
    ['feast -c repository delete airport_hourly_stats --allow-destructive'],
  );
}
