// The demo: the scheduler catches up the sample repository, then what it did and what can be read is printed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FeatureStore } from '../dist/src/index.js';
import { formatColumns } from '../dist/src/shared/command-line.js';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** Runs the scheduler's command line as a user would; ends the demo where it fails. */
function scheduler(args, output) {
  const command = [fileURLToPath(new URL('../dist/scheduler/cli/main.js', import.meta.url)), ...args];
  const { status, stdout } = spawnSync(process.execPath, command, {
    stdio: ['ignore', output, 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

const began = Date.now();
console.log('$ scheduler start --once\n');
scheduler(['start', '--once', '--log-level', process.stderr.isTTY ? 'warn' : 'info'], 'inherit');

const day = (ms) => new Date(ms).toISOString().slice(0, 10);
const runs = JSON.parse(scheduler(['runs', 'list', 'feast_materialization', '--json'], 'pipe'))
  .filter((run) => run.endedAt >= began)
  .reverse();
if (runs.length === 0) {
  console.log('\nNothing to do: every daily interval that is complete has been materialized.');
} else {
  const views = new Set();
  const rows = runs.map((run) => {
    const { tasks } = JSON.parse(scheduler(['runs', 'show', run.dagId, run.runId, '--json'], 'pipe'));
    const results = tasks.flatMap((task) => task.result?.views ?? []);
    for (const { view } of results) views.add(view);
    return { run, results };
  });
  const sum = (results, field) => results.reduce((total, result) => total + result[field], 0);
  const all = rows.flatMap(({ results }) => results);
  console.log(
    `\n${formatColumns(
      ['DAY', 'STATE', ...[...views].map((view) => `ROWS OF ${view}`), 'ENTITIES WRITTEN', 'SECONDS'],
      rows.map(({ run, results }) => [
        day(run.intervalStart),
        run.state,
        ...[...views].map((view) =>
          String(
            sum(
              results.filter((result) => result.view === view),
              'rowsRead',
            ),
          ),
        ),
        String(sum(results, 'written')),
        ((run.endedAt - run.startedAt) / 1000).toFixed(2),
      ]),
    )}`,
  );
  console.log(
    `\n${runs.length} runs, ${sum(all, 'rowsRead').toLocaleString('en')} rows read, ${sum(all, 'written').toLocaleString('en')} entities written, in ${((Date.now() - began) / 1000).toFixed(1)} s.`,
  );
}

const store = await FeatureStore.open('repository');
const airports = ['ATL', 'ORD', 'DFW', 'LAX', 'SEA'];
const answer = await store.getOnlineFeatures({
  features: ['departures', 'avg_delay', 'late_ratio', 'max_delay'].map(
    (name) => `airport_hourly_stats:${name}`,
  ),
  entityRows: airports.map((airport) => ({ airport })),
});
await store.close();
const show = (value) => (typeof value === 'number' ? String(Number(value.toFixed(3))) : String(value));
console.log('\nThe newest hour of some airports, read back from the online store:\n');
console.log(
  formatColumns(
    [...answer.featureNames, 'event time'],
    answer
      .toRows()
      .map((row, i) => [...Object.values(row).map(show), answer.results[1].eventTimestamps[i].toISOString()]),
  ),
);
console.log('\nNext: "npm start" keeps it fresh; "npm run scheduler -- runs list" shows the runs.');
