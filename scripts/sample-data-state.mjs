// Where the sample data lies, how far it is shifted, and whether it has to be made. Plain Node, no dependencies.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const folder = fileURLToPath(new URL('../repository/data/', import.meta.url));
const ABOUT = `${folder}about.json`;

/** The end of the last hour in the flights data. */
const NEWEST = Date.UTC(2001, 6, 1);
const WEEK_MS = 7 * 86_400_000;

/** Whole weeks to add to 2001 so that the newest row lies within the week before `now`: weekdays stay true. */
export function weeksToShift(now) {
  return Math.floor((now - NEWEST) / WEEK_MS);
}

/** Why the sample data must be made, or undefined. */
export function reasonToPrepare(now = Date.now()) {
  const files = ['airport_hourly.parquet', 'route_daily.parquet'].map((name) => folder + name);
  if (!existsSync(ABOUT) || !files.every((file) => existsSync(file))) return 'not made yet';
  const { weeks } = JSON.parse(readFileSync(ABOUT, 'utf8'));
  return weeks === weeksToShift(now) ? undefined : 'its newest row is more than a week old';
}
