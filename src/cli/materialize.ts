import { Command } from 'commander';
import { formatColumns, interruptSignal, withExamples } from '../shared/command-line.js';
import { formatDuration } from '../shared/duration.js';
import { toDate } from '../shared/instant.js';
import { progressDisplay } from '../shared/progress-bar.js';
import type { FeatureStore, MaterializeOptions, MaterializeResult } from '../store/feature-store.js';
import { withStore } from './context.js';

interface Options {
  readonly views?: string[];
  readonly force?: boolean;
  readonly json?: boolean;
}

function addOptions(command: Command): Command {
  return command
    .option('-v, --views <names...>', 'only these feature views')
    .option('--force', 'allow an end in the future')
    .option('--json', 'print the result as JSON');
}

async function run(
  command: Command,
  options: Options,
  start: (
    store: FeatureStore,
    shared: Omit<MaterializeOptions, 'start' | 'end'>,
  ) => Promise<MaterializeResult>,
): Promise<void> {
  await withStore(command, async (store) => {
    const display = progressDisplay();
    try {
      const result = await start(store, {
        views: options.views,
        force: options.force === true,
        signal: interruptSignal(),
        onProgress: ({ view, rowsRead }) => display.update(view, rowsRead, undefined),
      });
      display.stop();
      console.log(options.json ? JSON.stringify(result, null, 2) : describe(result));
    } finally {
      display.stop();
    }
  });
}

function describe(result: MaterializeResult): string {
  return formatColumns(
    ['VIEW', 'FROM', 'TO', 'ROWS', 'ENTITIES', 'NULL KEYS', 'TIME'],
    result.views.map((view) => [
      view.view,
      view.interval.start.toISOString(),
      view.interval.end.toISOString(),
      String(view.rowsRead),
      String(view.written),
      String(view.nullKeyRows),
      formatDuration(view.seconds * 1000),
    ]),
  );
}

/** Feast: cli/cli.py:353-420. */
export function materializeCommand(): Command {
  return withExamples(
    addOptions(
      new Command('materialize')
        .description(
          'Copies the latest rows of a window of time to the online store and records the interval.',
        )
        .argument('<start>', 'start of the window (UTC unless it has an offset)')
        .argument('<end>', 'end of the window'),
    ).action((start: string, end: string, options: Options, command: Command) => {
      const window = { start: toDate(start, 'START'), end: toDate(end, 'END') };
      return run(command, options, (store, shared) => store.materialize({ ...window, ...shared }));
    }),
    [
      'feast materialize 2026-11-01 2026-11-02',
      'feast materialize 2026-11-01T06:00:00 2026-11-01T12:00:00 -v airport_hourly_stats',
    ],
  );
}

/** Feast: cli/cli.py:422-456; there END is required. */
export function materializeIncrementalCommand(): Command {
  return withExamples(
    addOptions(
      new Command('materialize-incremental')
        .description('Materializes each view from where it left off.')
        .argument('[end]', 'end of the window (default: now)'),
    ).action((end: string | undefined, options: Options, command: Command) => {
      const until = end === undefined ? new Date() : toDate(end, 'END');
      return run(command, options, (store, shared) =>
        store.materializeIncremental({ end: until, ...shared }),
      );
    }),
    ['feast materialize-incremental', 'feast materialize-incremental 2026-11-02'],
  );
}
