import { Command } from 'commander';
import { EXIT, formatColumns, withExamples } from '../shared/command-line.js';
import { formatDuration } from '../shared/duration.js';
import type { ViewFreshness } from '../store/feature-store.js';
import { withStore } from './context.js';

function describe(views: readonly ViewFreshness[]): string {
  return formatColumns(
    ['VIEW', 'STATUS', 'OBJECTIVE', 'STALE', 'NEWEST END'],
    views.map((view) => [
      view.view,
      view.status,
      formatDuration(view.objectiveMs),
      view.staleMs === undefined ? 'never' : formatDuration(view.staleMs),
      view.newestEnd?.toISOString() ?? '-',
    ]),
  );
}

export function freshnessCommand(): Command {
  return withExamples(
    new Command('freshness')
      .description(
        'Lists views that miss their freshness objective, or soon will (less than a fifth of it is left). Exits with 1 if any misses it.',
      )
      .option('--json', 'print it as JSON')
      .action(({ json }: { json?: boolean }, command: Command) =>
        withStore(command, async (store) => {
          const all = await store.freshness();
          const views = all.filter(({ status }) => status !== 'ok');
          if (json) console.log(JSON.stringify(views, null, 2));
          else if (views.length > 0) console.log(describe(views));
          else console.log(`Fresh: ${all.length} views with an objective, none misses it or soon will`);
          if (views.some(({ status }) => status === 'breach')) process.exitCode = EXIT.failed;
        }),
      ),
    ['feast freshness', 'feast freshness --json'],
  );
}
