import { Writable } from 'node:stream';
import test from 'ava';
import { logLoopEvents } from '../../../scheduler/loop/loop-events.js';
import { createLogger } from '../../../src/shared/logger.js';
import { chain, dagSpec } from '../../helpers/dag-spec.js';
import { startLoop, tempStore } from '../../helpers/loop.js';

test('what happens in the loop, as lines of a log', async (t) => {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const log = logLoopEvents(createLogger({ level: 'debug', stream }));
  const spec = dagSpec('d', chain(['good', 'bad']), { schedule: '@once' });
  const { loop } = startLoop(
    await tempStore(t),
    [spec],
    ({ taskId }, { progress }) => {
      progress({ rows: 7 });
      if (taskId === 'bad') throw new Error('no such table: trips');
    },
    { onEvent: log },
  );
  await loop.runOnce();
  const orphan = { dagId: 'd', runId: 'r', taskId: 't' };
  log({ kind: 'attempt_orphaned', ...orphan });
  log({ kind: 'dag_file_removed', file: 'd.ts' });
  log({ kind: 'store_unavailable', error: new Error('The disk is full.') });
  const file = 'e.ts';
  log({ kind: 'dag_file_broken', error: { file, message: 'Unexpected token', line: 3, column: 1 } });
  const run = 'dag=d run=scheduled__2026-11-01T00:00:00+00:00';
  t.deepEqual(
    text
      .trim()
      .split('\n')
      .map((line) => line.slice(line.indexOf(' ') + 1).replace(/ ms=\d+/, '')),
    [
      'info  DAG file read file=d.ts dags=d',
      `info  run created ${run}`,
      `info  run started ${run}`,
      `info  task started ${run} task=good attempt=1`,
      `debug task progress ${run} task=good attempt=1 progress={"rows":7}`,
      `info  task finished: success ${run} task=good attempt=1`,
      `info  task started ${run} task=bad attempt=1`,
      `debug task progress ${run} task=bad attempt=1 progress={"rows":7}`,
      `error task failed: no such table: trips ${run} task=bad attempt=1`,
      `error run finished: failed ${run}`,
      'warn  task was interrupted by the end of its scheduler, and runs again dag=d run=r task=t',
      'info  DAG file removed file=d.ts',
      'error The disk is full. Trying again.',
      'error DAG file cannot be used: Unexpected token file=e.ts line=3',
    ],
  );
});
