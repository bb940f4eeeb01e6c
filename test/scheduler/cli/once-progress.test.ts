import { PassThrough } from 'node:stream';
import test from 'ava';
import { showOnceProgress } from '../../../scheduler/cli/once-progress.js';
import type { LoopEvent } from '../../../scheduler/loop/loop-events.js';

test('the bar counts runs that ended out of those that are known, and tells of tasks', (t) => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
  const progress = showOnceProgress(stream);
  const run = { dagId: 'd', runId: 'r1' } as Extract<LoopEvent, { kind: 'run_started' }>['run'];
  const task = { dagId: 'd', runId: 'r1', taskId: 'load', attempt: 1 };
  progress.onEvent({ kind: 'run_created', run });
  progress.onEvent({ kind: 'run_started', run });
  progress.onEvent({ kind: 'run_created', run: { dagId: 'd', runId: 'r2' } });
  progress.onEvent({ kind: 'run_finished', run, state: 'success', timedOut: false, tookMs: 5 });
  progress.onEvent({ kind: 'attempt_started', logFile: '/x', ...task });
  progress.onEvent({ kind: 'attempt_progress', progress: { rows: 5, view: 'a' }, ...task });
  progress.stop();
  t.regex(String(stream.read()), /1\/2 runs {2}d\.load rows=5 view=a/);
});
