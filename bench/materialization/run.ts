import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sectionOf } from '../../src/config/section.js';
import { encodeBatch } from '../../src/materialization/encode-batch.js';
import { materializeView } from '../../src/materialization/index.js';
import { openDuckDBStore } from '../../src/offline/duckdb/duckdb-store.js';
import type { OfflineStore } from '../../src/offline/offline-store.js';
import type { EncodedBatch } from '../../src/online/encoded-batch.js';
import type { OnlineStore } from '../../src/online/online-store.js';
import { timeFeast } from './feast.js';
import { FEATURES, INTERVAL, PROJECT, VIEW, writeSource } from './rows.js';

export interface StoreBench {
  readonly name: string;
  open(folder: string): Promise<OnlineStore>;
  /**
   * Seconds that the store's own client takes to load the same rows from a prepared file or table into an empty
   * table like the view's: what the store can do at most. The preparation is not counted.
   */
  load(folder: string, batches: AsyncIterable<EncodedBatch>): Promise<number>;
  /** the online_store section for Feast */
  readonly feast: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Materializes from Parquet into an empty store and again into the full one, and prints a line each: entities a
 * second, and the fraction of the store's own limit. With FEAST_PYTHON, a Python that has Feast, also Feast's speed.
 * Arguments: number of entities, number of entities for Feast.
 */
export async function runStoreBench(bench: StoreBench): Promise<void> {
  const entities = Number(process.argv[2] ?? 1_000_000);
  const feastEntities = Number(process.argv[3] ?? 20_000);
  const folder = mkdtempSync(join(tmpdir(), 'feast-scheduler-bench-'));
  try {
    await writeSource(join(folder, 'rows.parquet'), entities);
    const offline = await openDuckDBStore({ type: 'file', section: sectionOf({}) }, folder);
    const online = await bench.open(folder);
    const drop = () => online.updateInfra(PROJECT, [], [online.infraFor(PROJECT, VIEW)]);
    await drop();
    await online.updateInfra(PROJECT, [VIEW], []);
    const options = { project: PROJECT, view: VIEW, offline, online, interval: INTERVAL };
    const rates = new Map<string, number>();
    const measured: { phase: string; seconds: number; peak_rss_mb: number }[] = [];
    for (const phase of ['first', 'again']) {
      const { seconds, written } = await materializeView({ ...options, recordInterval: async () => {} });
      if (written !== entities) throw new Error(`${written} of ${entities} entities were written`);
      rates.set(phase, entities / seconds);
      measured.push({ phase, seconds, peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024) });
    }
    await drop();
    await online.close();
    const limit = entities / (await bench.load(folder, encodedBatches(offline)));
    await offline.close();
    for (const { phase, seconds, peak_rss_mb } of measured) {
      print({
        bench: `materialize-${bench.name} ${phase}`,
        entities,
        features: FEATURES.length,
        seconds: Number(seconds.toFixed(2)),
        entities_per_second: Math.round(rates.get(phase)!),
        store_limit: Math.round(limit),
        fraction_of_limit: Number((rates.get(phase)! / limit).toFixed(2)),
        peak_rss_mb,
      });
    }
    const python = process.env.FEAST_PYTHON;
    if (python === undefined) return;
    const feast = feastEntities / (await timeFeast(python, folder, feastEntities, bench.feast));
    print({
      bench: `materialize-${bench.name} feast`,
      entities: feastEntities,
      entities_per_second: Math.round(feast),
      ratio: Number((rates.get('first')! / feast).toFixed(1)),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* encodedBatches(offline: OfflineStore): AsyncGenerator<EncodedBatch> {
  const { start, end } = INTERVAL;
  const request = { source: VIEW.source, joinKeys: VIEW.entityColumns, features: VIEW.features, start, end };
  const { batches } = await offline.latestRows(request);
  for await (const batch of batches) yield encodeBatch(batch);
}

function print(figure: Record<string, unknown>): void {
  console.log(JSON.stringify(figure));
}
