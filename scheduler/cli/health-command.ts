import type { Command } from 'commander';
import { formatInstant } from './instant-text.js';
import { withStore } from './with-store.js';

export function addHealthCommand(program: Command): void {
  program
    .command('health')
    .description('Whether a scheduler is at work on this home; exits with 1 if not.')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: true }, command: Command) =>
      withStore(command, async (store) => {
        const lease = await store.currentLease();
        // A loop that is stuck does not renew its lease.
        const healthy = lease !== undefined && lease.expiresAt > Date.now();
        const scheduler = lease && {
          host: lease.host,
          pid: lease.pid,
          leaseUntil: formatInstant(lease.expiresAt),
        };
        const importErrors = (await store.listImportErrors()).length;
        const unfinishedRuns = await store.countUnfinishedRuns();
        const report = { healthy, scheduler: scheduler ?? null, importErrors, unfinishedRuns };
        if (json) console.log(JSON.stringify(report, null, 2));
        else {
          const who =
            scheduler === undefined ? 'no scheduler is at work' : `pid ${scheduler.pid} on ${scheduler.host}`;
          const late =
            scheduler !== undefined && !healthy ? `, silent: its lease ended ${scheduler.leaseUntil}` : '';
          console.log(`${healthy ? 'healthy' : 'not healthy'}: ${who}${late}`);
          console.log(`${importErrors} DAG files cannot be used, ${unfinishedRuns} runs are not finished`);
        }
        if (!healthy) process.exitCode = 1;
      }),
    );
}
