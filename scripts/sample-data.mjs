// Derives the sample data from 3,000,000 real US flights of January to June 2001 (vega-datasets), with all times
// moved forward by a whole number of weeks so that the newest row lies within the last week.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { folder, weeksToShift } from './sample-data-state.mjs';

const flights = fileURLToPath(
  new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);
const weeks = weeksToShift(Date.now());
const quote = (text) => `'${text.replaceAll("'", "''")}'`;

const instance = await DuckDBInstance.create(':memory:');
const duckdb = await instance.connect();
await duckdb.run("SET TimeZone = 'UTC'");

/** Written beside its place and renamed: a reader never sees half a file. */
async function write(name, query) {
  const file = `${folder}${name}.parquet`;
  await duckdb.run(
    `COPY (${query}) TO ${quote(`${file}.new`)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)`,
  );
  renameSync(`${file}.new`, file);
  const [[rows]] = (await duckdb.runAndReadAll(`SELECT count(*)::INTEGER FROM ${quote(file)}`)).getRows();
  console.log(`repository/data/${name}.parquet: ${rows.toLocaleString('en')} rows`);
}

mkdirSync(folder, { recursive: true });
await duckdb.run(`
  CREATE VIEW flights AS
  SELECT origin, destination, delay, distance, (date + INTERVAL '${weeks} weeks')::TIMESTAMPTZ AS departed
  FROM ${quote(flights)} WHERE date < TIMESTAMP '2001-07-01'`); // a few strays of the first hour of July

// A row's event time is the end of the hour or day it sums up: before that instant nobody could have known it.
await write(
  'airport_hourly',
  `SELECT origin AS airport, date_trunc('hour', departed) + INTERVAL 1 hour AS event_timestamp,
          event_timestamp + INTERVAL 5 minutes AS created_timestamp,
          count(*) AS departures, avg(delay) AS avg_delay,
          count(*) FILTER (delay > 15) / count(*) AS late_ratio,
          max(delay)::INTEGER AS max_delay, avg(distance) AS avg_distance
   FROM flights GROUP BY ALL ORDER BY event_timestamp, airport`,
);
await write(
  'route_daily',
  `SELECT origin, destination, date_trunc('day', departed) + INTERVAL 1 day AS event_timestamp,
          event_timestamp + INTERVAL 30 minutes AS created_timestamp,
          count(*) AS flights, avg(delay) AS avg_delay,
          count(*) FILTER (delay > 15) / count(*) AS late_ratio, max(distance)::INTEGER AS distance
   FROM flights GROUP BY ALL ORDER BY event_timestamp, origin, destination`,
);
writeFileSync(`${folder}about.json`, `${JSON.stringify({ weeks })}\n`);
duckdb.closeSync();
