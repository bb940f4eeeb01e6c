import { join } from 'node:path';
import test from 'ava';
import Sqlite from 'better-sqlite3';
import { sectionOf } from '../../../src/config/section.js';
import { materializeView } from '../../../src/materialization/index.js';
import { openDuckDBStore } from '../../../src/offline/duckdb/duckdb-store.js';
import { openSqliteStore } from '../../../src/online/sqlite/sqlite-store.js';
import { readJsonFixture, temporaryFolder } from '../../helpers/fixtures.js';
import { GOLDEN_VIEWS } from '../../helpers/golden.js';

interface GoldenRow {
  entity_key: string;
  feature_name: string;
  value: string;
  value_text: string | null;
  event_ts: number;
  created_ts: number | null;
}

const golden = readJsonFixture('golden/online_rows.json') as { tables: Record<string, GoldenRow[]> };

/** Keys of the rows of driver_fresh that were pushed afterwards: drivers 1 and 77. */
const PUSHED = /(01|4d)00000000000000$/;

/**
 * Where Python Feast damages a value and this project does not: it carries an Int64 column that has a null
 * through float64, so 2^53 + 1 came out as 2^53.
 */
function corrected(row: GoldenRow): GoldenRow {
  if (row.value_text !== '9007199254740992') return row;
  return { ...row, value: '208180808080808010', value_text: '9007199254740993' };
}

test("materializing the golden source gives Feast's rows byte for byte", async (t) => {
  const folder = temporaryFolder(t);
  const offline = await openDuckDBStore({ type: 'file', section: sectionOf({}) }, folder);
  const online = await openSqliteStore({ type: 'sqlite', section: sectionOf({}) }, folder);
  await online.updateInfra('demo', GOLDEN_VIEWS, []);
  const recorded: [string, string, string][] = [];
  const materialize = async (names: readonly string[], start: string, end: string) => {
    for (const view of GOLDEN_VIEWS.filter(({ name }) => names.includes(name))) {
      await materializeView({
        project: 'demo',
        view,
        offline,
        online,
        interval: { start: new Date(start), end: new Date(end) },
        recordInterval: async ({ name }, interval) => {
          recorded.push([name, interval.start.toISOString(), interval.end.toISOString()]);
        },
      });
    }
  };
  const all = GOLDEN_VIEWS.map(({ name }) => name);
  await materialize(all, '2026-11-01T11:00:00Z', '2026-11-01T13:00:00Z');
  await materialize(['driver_hourly_stats'], '2026-11-01T13:00:00Z', '2026-11-02T00:00:00Z');
  await online.close();
  await offline.close();
  t.is(recorded.length, 6);
  t.deepEqual(recorded.at(-1), [
    'driver_hourly_stats',
    '2026-11-01T13:00:00.000Z',
    '2026-11-02T00:00:00.000Z',
  ]);

  const database = new Sqlite(join(folder, 'data', 'online.db'), { readonly: true });
  for (const name of all) {
    const rows = database
      .prepare(`SELECT lower(hex(entity_key)) AS entity_key, feature_name, lower(hex(value)) AS value, value_text, event_ts, created_ts
        FROM demo_${name} ORDER BY entity_key, feature_name`)
      .all() as GoldenRow[];
    const isCompared = (row: GoldenRow) => name !== 'driver_fresh' || !PUSHED.test(row.entity_key);
    t.deepEqual(
      rows.filter(isCompared),
      golden.tables[`demo_${name}`]!.map(corrected).filter(isCompared),
      name,
    );
  }
  database.close();
});
