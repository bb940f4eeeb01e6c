import { Command } from 'commander';
import { formatColumns, interruptSignal, withExamples } from '../shared/command-line.js';
import { formatDuration } from '../shared/duration.js';
import { toDate } from '../shared/instant.js';
import { progressDisplay } from '../shared/progress-bar.js';
import {
  type FeatureStore,
  type MaterializeOptions,
  type MaterializeResult,
  partialResultOf,
} from '../store/feature-store.js';
import { withStore } from './context.js';

interface Options {
  readonly views?: string[];
  readonly force?: boolean;
  readonly parallelism?: number;
  readonly json?: boolean;
}

function addOptions(command: Command): Command {
  return command
    .option('-v, --views <names...>', 'only these feature views')
    .option('--force', 'allow an end in the future')
    .option('--parallelism <n>', 'how many views are materialized at a time (default: 1)', Number)
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
        parallelism: options.parallelism,
        signal: interruptSignal(),
        onProgress: ({ view, rowsRead }) => display.update(view, rowsRead, undefined),
      });
      display.stop();
      print(result, options);
    } catch (error) {
      display.stop();
      const partial = partialResultOf(error);
      if (partial !== undefined) print(partial, options);
      throw error;
    } finally {
      display.stop();
    }
  });
}

function print(result: MaterializeResult, options: Options): void {
  console.log(options.json ? JSON.stringify(result, null, 2) : describe(result));
}

function describe(result: MaterializeResult): string {
  const done = result.views.map((view) => [
    view.view,
    view.interval.start.toISOString(),
    view.interval.end.toISOString(),
    String(view.rowsRead),
    String(view.written),
    String(view.nullKeyRows),
    formatDuration(view.seconds * 1000),
  ]);
  const failed = result.failures.map(({ view, code }) => [view, `failed: ${code ?? 'see below'}`]);
  return formatColumns(['VIEW', 'FROM', 'TO', 'ROWS', 'ENTITIES', 'NULL KEYS', 'TIME'], [...done, ...failed]);
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
