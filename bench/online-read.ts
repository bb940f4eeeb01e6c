/**
 * Reads 10 features of 1 and of 100 entities from SQLite, as get-online-features does: plan, keys, store, values.
 * Arguments: number of entities in the store.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sectionOf } from '../src/config/section.js';
import { columnFromValues, encodeColumn, encodeEntityKeys } from '../src/encoding/index.js';
import { openSqliteStore } from '../src/online/sqlite/sqlite-store.js';
import { planOnlineRead, readOnline, selectByReference } from '../src/retrieval/index.js';
import { FEATURES, PROJECT, VIEW } from './materialization/rows.js';

const entities = Number(process.argv[2] ?? 100_000);

const folder = mkdtempSync(join(tmpdir(), 'feast-scheduler-bench-'));
try {
  const store = await openSqliteStore({ type: 'sqlite', section: sectionOf({}) }, folder);
  await store.updateInfra(PROJECT, [VIEW], []);
  const size = 10_000;
  for (let start = 0; start < entities; start += size) {
    const ids = Array.from({ length: Math.min(size, entities - start) }, (_, i) => start + i);
    await store.write(PROJECT, VIEW, {
      rowCount: ids.length,
      keys: encodeEntityKeys([columnFromValues('id', 'Int64', ids)]),
      features: FEATURES.map((name, f) => ({
        name,
        ...encodeColumn(
          columnFromValues(
            name,
            'Float64',
            ids.map((id) => id * (f + 0.1)),
          ),
        ),
      })),
      eventTimes: new BigInt64Array(ids.length).fill(1_793_534_400_000_000n),
      createdTimes: undefined,
    });
  }

  let next = 1;
  const pseudoRandom = () => {
    next = (next * 48_271) % 2_147_483_647;
    return next;
  };
  const references = FEATURES.map((name) => `${VIEW.name}:${name}`);
  async function readOnce(batch: number): Promise<number> {
    const ids = Array.from({ length: batch }, () => pseudoRandom() % entities);
    const started = process.hrtime.bigint();
    const selected = selectByReference(references, [VIEW]);
    const plan = planOnlineRead({ selected, entities: { id: ids }, knownEntities: [] });
    const answer = await readOnline(plan, PROJECT, store);
    const micros = Number(process.hrtime.bigint() - started) / 1000;
    if (answer.results.some(({ statuses }) => statuses.includes('NOT_FOUND')))
      throw new Error('an entity is missing');
    return micros;
  }

  for (const [batch, repeats] of [
    [1, 20_000],
    [100, 2_000],
  ] as const) {
    for (let i = 0; i < repeats / 10; i++) await readOnce(batch);
    const times: number[] = [];
    for (let i = 0; i < repeats; i++) times.push(await readOnce(batch));
    times.sort((a, b) => a - b);
    const at = (share: number) => Math.round(times[Math.floor(times.length * share)]!);
    const figure = { bench: 'online-read', batch, features: 10, entities, p50_us: at(0.5), p99_us: at(0.99) };
    console.log(JSON.stringify(figure));
  }
  await store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
