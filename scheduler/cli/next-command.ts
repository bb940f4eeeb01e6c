import type { Command } from 'commander';
import { formatColumns } from '../../src/shared/command-line.js';
import { findDag, nextRunsOf } from '../loop/operations.js';
import { formatInstant } from './instant-text.js';
import { readCount } from './values.js';
import { withStore } from './with-store.js';

export function addNextCommand(dags: Command): void {
  dags
    .command('next')
    .description('When a DAG runs next, and about which data intervals.')
    .argument('<dag>', 'id of the DAG')
    .option('--count <n>', 'so many runs', readCount, 1)
    .option('--json', 'as JSON')
    .action((dagId: string, { count, json }: { count: number; json?: true }, command: Command) =>
      withStore(command, async (store) => {
        const runs = nextRunsOf(await findDag(store, dagId), Date.now(), count).map(
          ({ start, end, runAt }) => ({
            runAt: formatInstant(runAt),
            start: formatInstant(start),
            end: formatInstant(end),
          }),
        );
        if (json) console.log(JSON.stringify(runs, null, 2));
        else if (runs.length === 0) console.log('No scheduled run follows.');
        else {
          const rows = runs.map(({ runAt, start, end }) => [runAt, `${start}/${end}`]);
          console.log(formatColumns(['RUN AT', 'DATA INTERVAL'], rows));
        }
      }),
    );
}
