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
          const views = (await store.freshness()).filter(({ status }) => status !== 'ok');
          console.log(json ? JSON.stringify(views, null, 2) : describe(views));
          if (views.some(({ status }) => status === 'breach')) process.exitCode = EXIT.failed;
        }),
      ),
    ['feast freshness', 'feast freshness --json'],
  );
}
