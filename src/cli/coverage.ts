import { Command } from 'commander';
import { formatColumns, withExamples } from '../shared/command-line.js';
import { formatDuration } from '../shared/duration.js';
import type { ViewCoverage } from '../store/feature-store.js';
import { withStore } from './context.js';

interface Options {
  readonly view?: string[];
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** A line a view, and below it the gaps, for these are what one acts on. */
function describe(views: readonly ViewCoverage[]): string {
  const table = formatColumns(
    ['VIEW', 'FROM', 'TO', 'COVERED', 'MISSING', 'STALE', 'NEWEST END'],
    views.map((view) => [
      view.view,
      view.from.toISOString(),
      view.to.toISOString(),
      formatDuration(view.coveredMs),
      formatDuration(view.missingMs),
      view.staleMs === undefined ? 'never' : formatDuration(view.staleMs),
      view.newestEnd?.toISOString() ?? '-',
    ]),
  );
  const gaps = views.flatMap((view) =>
    view.gaps.map(({ start, end }) => [view.view, start.toISOString(), end.toISOString()]),
  );
  return gaps.length === 0 ? table : `${table}\n\n${formatColumns(['GAP OF', 'FROM', 'TO'], gaps)}`;
}

export function coverageCommand(): Command {
  return withExamples(
    new Command('coverage')
      .description('Shows which time is materialized, which is missing, and how stale each view is.')
      .option('-v, --view <names...>', 'only these feature views')
      .option('--from <time>', 'start of the span (default: where the history of the view begins)')
      .option('--to <time>', 'end of the span (default: now)')
      .option('--json', 'print it as JSON')
      .action(({ view, from, to, json }: Options, command: Command) =>
        withStore(command, async (store) => {
          const views = await store.coverage({ views: view, from, to });
          console.log(json ? JSON.stringify(views, null, 2) : describe(views));
        }),
      ),
    ['feast coverage', 'feast coverage --view driver_hourly_stats --from 2026-11-01 --to 2026-11-08 --json'],
  );
}
