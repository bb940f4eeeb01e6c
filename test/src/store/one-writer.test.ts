import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { FeatureStore } from '../../../src/index.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';
import {
  MATERIALIZER,
  type MaterializerAnswer,
  type MaterializerOptions,
  materializeFolder,
} from '../../helpers/materializer.js';

const VIEW = 'driver_hourly_stats';
const START = '2026-10-01T00:00:00.000Z';
const END = '2026-11-02T00:00:00.000Z';
const request = (more: Partial<MaterializerOptions> = {}): MaterializerOptions => ({
  window: { kind: 'gaps', start: START, end: END },
  options: { views: [VIEW], lockTimeout: 0 },
  ttlMs: 30_000,
  ...more,
});

async function goldenStore(t: ExecutionContext) {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden_repo'), folder, { recursive: true });
  const store = await FeatureStore.open(folder);
  t.teardown(() => store.close());
  await store.applyRepository();
  const covered = async () => (await store.coverage({ views: [VIEW], from: START, to: END }))[0]!;
  return { folder, store, covered };
}

function start(t: ExecutionContext, folder: string, options: MaterializerOptions): ChildProcess {
  const child = fork(MATERIALIZER, [folder, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

const answerOf = async (child: ChildProcess): Promise<MaterializerAnswer> =>
  (await once(child, 'message'))[0];

test('who was stopped past the lease is superseded, and fenced when it comes back; reads go on', async (t) => {
  const { folder, store, covered } = await goldenStore(t);
  const ttlMs = 400;
  const stopped = start(t, folder, request({ ttlMs, signal: { name: 'SIGSTOP', afterBatches: 1 } }));
  await once(stopped.stdout!, 'data');
  t.deepEqual((await covered()).covered, []);
  const next = request({ options: { views: [VIEW], lockTimeout: '1m' } });
  t.like(await materializeFolder(folder, next), { views: [VIEW] });
  t.deepEqual((await covered()).gaps, []);
  const answer = await store.getOnlineFeatures({
    features: [`${VIEW}:conv_rate`],
    entityRows: [{ driver_id: 3 }],
  });
  t.deepEqual(answer.toRows(), [{ driver_id: 3, conv_rate: 0.55 }]);
  const before = await store.dumpRegistry();
  const back = answerOf(stopped);
  stopped.kill('SIGCONT');
  t.regex(((await back) as { error: string }).error, /\[MATERIALIZATION_LEASE_LOST\]/);
  t.deepEqual(await store.dumpRegistry(), before);
});

test('who was killed is superseded at once; what it recorded is not done again', async (t) => {
  const { folder, covered } = await goldenStore(t);
  const options = { views: [VIEW], lockTimeout: 0, chunk: '4h' };
  const whole = request({ options: { ...options, lockTimeout: '1m' } });
  const killed = start(t, folder, { ...whole, signal: { name: 'SIGKILL', afterBatches: 2 } });
  await once(killed, 'exit');
  const { covered: done, gaps } = await covered();
  t.is(done.length, 1);
  t.is(gaps.length, 1, 'it began with the oldest');
  t.deepEqual(done[0]!.start.toISOString(), START);
  const answer = await materializeFolder(folder, request({ options }));
  t.like(answer, { views: [VIEW] });
  t.deepEqual((await covered()).gaps, []);
});

test('two processes at the same view: one waits, then finds nothing left to do; other views go on meanwhile', async (t) => {
  const { folder } = await goldenStore(t);
  const first = start(t, folder, request({ signal: { name: 'SIGSTOP', afterBatches: 1 } }));
  await once(first.stdout!, 'data');
  t.like(await materializeFolder(folder, request({ options: { views: ['route_delays'], lockTimeout: 0 } })), {
    views: ['route_delays'],
  });
  const locked = await materializeFolder(folder, request());
  t.regex(
    (locked as { error: string }).error,
    new RegExp(`${VIEW}.* process ${first.pid} on .*\\[MATERIALIZATION_LOCKED\\]`),
  );
  const second = materializeFolder(folder, request({ options: { views: [VIEW], lockTimeout: '1m' } }));
  const done = answerOf(first);
  first.kill('SIGCONT');
  t.like(await done, { views: [VIEW] });
  t.like(await second, { views: [], upToDate: [VIEW], rowsRead: 0 });
});

test('within one process too, and an abort ends the waiting', async (t) => {
  const { store } = await goldenStore(t);
  const stop = new AbortController();
  const window = { start: START, end: END, views: [VIEW] };
  const waiting: Promise<unknown>[] = [];
  await store.materialize({
    ...window,
    onProgress: () => {
      if (waiting.length > 0) return;
      waiting.push(
        t.throwsAsync(store.materialize({ ...window, signal: stop.signal }), {
          code: 'MATERIALIZATION_ABORTED',
        }),
      );
      stop.abort();
    },
  });
  await Promise.all(waiting);
  t.is(waiting.length, 1);
});
