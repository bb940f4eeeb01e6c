import { rmSync } from 'node:fs';
import type { Command } from 'commander';
import { deleteDag } from '../loop/operations.js';
import { dagLogFolder } from '../loop/run-ids.js';
import { withStore } from './with-store.js';

export function addDeleteCommand(dags: Command): void {
  dags
    .command('delete')
    .description('Forget a DAG whose file is gone, with its runs and their logs.')
    .argument('<dag>', 'id of the DAG')
    .option('--force', 'even if its file is there: it comes back, without runs, when the file is read again')
    .action((dagId: string, { force }: { force?: true }, command: Command) =>
      withStore(command, async (store, home) => {
        await deleteDag(store, dagId, force === true);
        rmSync(dagLogFolder(home.logs, dagId), { recursive: true, force: true });
      }),
    );
}
