import type { Command } from 'commander';
import { formatColumns } from '../../src/shared/command-line.js';
import { CodedError } from '../../src/shared/errors.js';
import { didYouMean } from '../../src/shared/nearest.js';
import { readCount } from './values.js';
import { withStore } from './with-store.js';

export function addPoolsCommands(program: Command): void {
  const pools = program.command('pools').description('Slots that tasks of any DAG share.');

  pools
    .command('list')
    .description('Pools, their slots, and the tasks that wait for some.')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: true }, command: Command) =>
      withStore(command, async (store) => {
        const all = await store.listPools();
        if (json) console.log(JSON.stringify(all, null, 2));
        else if (all.length === 0) console.log('No pools.');
        else {
          const rows = all.map(({ name, slots, used, waiting, description }) => {
            return [
              name,
              slots === null ? 'missing' : String(slots),
              String(used),
              String(waiting),
              description,
            ];
          });
          console.log(formatColumns(['POOL', 'SLOTS', 'USED', 'TASKS WAITING', 'DESCRIPTION'], rows));
        }
      }),
    );

  pools
    .command('set')
    .description('Make a pool, or change its slots; what runs goes on.')
    .argument('<pool>', 'name of the pool')
    .argument('<slots>', 'how many slots it has', readCount)
    .option('--description <text>', 'what it is for', '')
    .addHelpText('after', '\nExample:\n  $ scheduler pools set warehouse 4 --description "queries at once"')
    .action((name: string, slots: number, { description }: { description: string }, command: Command) =>
      withStore(command, (store) => store.setPool({ name, slots, description })),
    );

  pools
    .command('delete')
    .description('Delete a pool; tasks that ask for it wait until it is made again.')
    .argument('<pool>', 'name of the pool')
    .action((name: string, _options: object, command: Command) =>
      withStore(command, async (store) => {
        if (await store.deletePool(name)) return;
        const known = (await store.listPools()).map((pool) => pool.name);
        throw new CodedError('POOL_NOT_FOUND', `There is no pool "${name}".${didYouMean(name, known)}`);
      }),
    );
}
