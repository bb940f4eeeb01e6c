/**
 * Two processes race to materialize the same two views in 20 chunks, and are killed (SIGKILL) at random moments; the
 * end must equal an undisturbed run's, coverage without gap or overlap. Throws where it does not.
 * Arguments: number of kills (default 50).
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { FeatureStore } from '../src/index.js';
import { writeRows } from '../test/helpers/duckdb-files.js';
import { MATERIALIZER, type MaterializerOptions } from '../test/helpers/materializer.js';
import { seededRandom } from '../test/helpers/random.js';
import { storedRows, writeStatsRepository } from '../test/helpers/stats-repository.js';

const wanted = Number(process.argv[2] ?? 50);
const WHOLE = { start: '2026-10-01T00:00:00.000Z', end: '2026-10-21T00:00:00.000Z' };
const REQUEST: MaterializerOptions = {
  window: { kind: 'gaps', ...WHOLE },
  options: { chunk: '1d', parallelism: 2, lockTimeout: '10m' },
  ttlMs: 30_000,
};
const KILLS_A_ROUND = 10;
const random = seededRandom(20261120);

/** Runs until it is done or until the moment comes; says whether it was killed. */
async function race(folder: string, killAfterMs: number | undefined): Promise<boolean> {
  const child = fork(MATERIALIZER, [folder, JSON.stringify(REQUEST)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [, signal] = await once(child, 'exit');
  clearTimeout(timer);
  return signal === 'SIGKILL';
}

/** What the folder came to: rows, and recorded intervals. */
async function outcome(folder: string): Promise<unknown> {
  const store = await FeatureStore.open(folder);
  try {
    const views = await store.coverage({ from: WHOLE.start, to: WHOLE.end });
    return {
      rows: storedRows(folder),
      covered: views.map(({ view, covered, gaps }) => [view, covered, gaps]),
    };
  } finally {
    await store.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'feast-scheduler-bench-'));
try {
  const fresh = join(folder, 'fresh');
  await writeRows(
    join(fresh, 'rows.parquet'),
    `SELECT (hash(i) % 20000)::BIGINT AS id, i::BIGINT AS n,
      TIMESTAMP '2026-10-01' + INTERVAL 1 SECOND * (hash(i, 1) % ${20 * 86_400})::BIGINT AS "at",
      TIMESTAMP '2026-10-25' + INTERVAL 1 SECOND * (hash(i, 2) % 9)::BIGINT AS created FROM range(200000) r(i)`,
  );
  writeStatsRepository(fresh);
  const store = await FeatureStore.open(fresh);
  await store.applyRepository();
  await store.close();
  const copy = (name: string) => {
    cpSync(fresh, join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const calm = copy('calm');
  const begun = performance.now();
  await race(calm, undefined);
  const calmMs = performance.now() - begun;
  const expected = await outcome(calm);

  let [kills, rounds] = [0, 0];
  while (kills < wanted) {
    const target = copy(`round-${rounds++}`);
    const most = Math.min(kills + KILLS_A_ROUND, wanted);
    const lane = async () => {
      while (kills < most && (await race(target, random() * calmMs))) kills++;
    };
    await Promise.all([lane(), lane()]);
    await race(target, undefined);
    if (!isDeepStrictEqual(await outcome(target), expected)) {
      throw new Error(`round ${rounds}, after ${kills} kills: the end is not that of an undisturbed run`);
    }
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(
    JSON.stringify({ bench: 'kill-materialization', kills, rounds, chunks: 20, equal: true, seconds }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
