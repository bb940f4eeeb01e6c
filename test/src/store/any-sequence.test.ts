import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FeatureStore, isCodedError } from '../../../src/index.js';
import { writeRows } from '../../helpers/duckdb-files.js';
import { temporaryFolder } from '../../helpers/fixtures.js';
import {
  MATERIALIZER,
  type MaterializerAnswer,
  type MaterializerOptions,
} from '../../helpers/materializer.js';
import { seededRandom } from '../../helpers/random.js';
import { storedRows, writeStatsRepository } from '../../helpers/stats-repository.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 9, 1);
const HOURS = 48;
const at = (hour: number) => new Date(START + hour * HOUR).toISOString();
const WHOLE = { start: at(0), end: at(HOURS) };
const VIEWS = ['stats', 'untimed'];

/** Whole seconds, as SQLite keeps them; ties of event time, of created time and of both are among the rows. */
const ROWS = `SELECT (hash(i) % 40)::BIGINT AS id, i::BIGINT AS n,
  TIMESTAMP '2026-10-01' + INTERVAL 30 MINUTE * (hash(i, 1) % ${2 * HOURS + 1})::BIGINT AS "at",
  CASE WHEN i % 7 = 0 THEN NULL
    ELSE TIMESTAMP '2026-10-05' + INTERVAL 1 SECOND * (hash(i, 2) % 3)::BIGINT END AS created
  FROM range(600) r(i)`;

/** An applied repository, and a copy of it that was materialized in one pass. */
async function prepare(t: ExecutionContext) {
  const empty = temporaryFolder(t);
  writeStatsRepository(empty);
  await writeRows(join(empty, 'rows.parquet'), ROWS);
  const applied = await FeatureStore.open(empty);
  await applied.applyRepository();
  await applied.close();
  const copy = () => {
    const folder = temporaryFolder(t);
    cpSync(empty, folder, { recursive: true });
    return folder;
  };
  const onePass = copy();
  const store = await FeatureStore.open(onePass);
  await store.materialize(WHOLE);
  await store.close();
  const expected = storedRows(onePass);
  t.is((expected[0] as unknown[]).length, 40);
  return { copy, expected };
}

async function assertAsOnePass(t: ExecutionContext, folder: string, expected: unknown[]): Promise<void> {
  const store = await FeatureStore.open(folder);
  try {
    for (const { view, covered, gaps, newestEnd } of await store.coverage({ from: at(-9), to: at(HOURS) })) {
      const found = covered.map(({ start, end }) => [start.toISOString(), end.toISOString()]);
      t.deepEqual(found, [[WHOLE.start, WHOLE.end]], view);
      t.is(gaps.length, 1, 'before the start alone');
      t.is(newestEnd?.toISOString(), WHOLE.end);
    }
  } finally {
    await store.close();
  }
  t.deepEqual(storedRows(folder), expected);
}

for (const seed of [1, 2, 3]) {
  test(`any sequence of windows, chunks and aborts comes to the same as one pass (seed ${seed})`, async (t) => {
    const { copy, expected } = await prepare(t);
    const folder = copy();
    const store = await FeatureStore.open(folder);
    const random = seededRandom(seed);
    const integer = (limit: number) => Math.floor(random() * limit);
    let aborted = 0;
    for (let step = 0; step < 12; step++) {
      const start = integer(HOURS);
      const end = start + integer(HOURS - start + 1);
      const stop = new AbortController();
      let batches = integer(6);
      const options = {
        start: at(start),
        end: at(end),
        parallelism: 1 + integer(2),
        signal: stop.signal,
        onProgress: () => {
          if (batches-- === 0) stop.abort();
        },
        ...(integer(2) === 0 ? {} : { chunk: (1 + integer(9)) * HOUR }),
        ...(integer(2) === 0 ? {} : { views: [VIEWS[integer(2)]!] }),
        ...(integer(3) === 0 ? { lateLookback: '1000d' } : {}),
      };
      try {
        await (integer(2) === 0 ? store.materialize(options) : store.fillGaps(options));
      } catch (error) {
        if (!isCodedError(error, 'MATERIALIZATION_ABORTED')) throw error;
        aborted++;
      }
      for (const { covered } of await store.coverage({ from: at(0), to: at(HOURS) })) {
        covered.forEach(({ start: from }, i) => {
          if (i > 0) t.true(from > covered[i - 1]!.end, 'recorded intervals neither overlap nor touch');
        });
      }
    }
    t.true(aborted > 0);
    await store.fillGaps(WHOLE);
    await store.close();
    await assertAsOnePass(t, folder, expected);
  });
}

test('two processes race for the same views in 20 chunks and are killed: nothing is lost, nothing done twice', async (t) => {
  const { copy, expected } = await prepare(t);
  const folder = copy();
  const random = seededRandom(9);
  const race = (name?: NodeJS.Signals): ChildProcess => {
    const options: MaterializerOptions = {
      window: { kind: 'gaps', ...WHOLE },
      options: { chunk: (HOURS / 20) * HOUR, parallelism: 2, lockTimeout: '5m' },
      ttlMs: 30_000,
      ...(name && { signal: { name, afterBatches: 2 + Math.floor(random() * 7) } }),
    };
    const child = fork(MATERIALIZER, [folder, JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    return child;
  };
  for (let round = 0; round < 2; round++) {
    const exits = [race('SIGKILL'), race('SIGKILL')].map((child) => once(child, 'exit'));
    for (const [, signal] of await Promise.all(exits)) t.is(signal, 'SIGKILL');
  }
  const answers: MaterializerAnswer[] = await Promise.all(
    [race(), race()].map(async (child) => (await once(child, 'message'))[0]),
  );
  t.deepEqual(
    answers.flatMap((answer) => ('error' in answer ? [answer.error] : answer.views)).sort(),
    VIEWS,
    'each view was finished by one of them',
  );
  await assertAsOnePass(t, folder, expected);
});
