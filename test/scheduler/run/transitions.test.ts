import test from 'ava';
import {
  ATTEMPT_STATES,
  isActive,
  isFinished,
  isRunFinished,
  RUN_STATES,
  TASK_STATES,
} from '../../../scheduler/run/states.js';
import {
  assertAttemptTransition,
  assertRunTransition,
  assertTaskTransition,
} from '../../../scheduler/run/transitions.js';

/** Every transition that is possible; all others must be refused. */
const RUN = 'queued>running queued>failed running>success running>failed success>queued failed>queued';
const ATTEMPT = 'running>success running>failed running>interrupted running>cancelled';
const TASK = `
  none>scheduled none>skipped none>upstream_failed none>removed
  scheduled>queued scheduled>none scheduled>skipped scheduled>removed
  queued>running queued>success queued>failed queued>up_for_retry queued>scheduled queued>restarting
  running>success running>failed running>skipped running>up_for_retry running>up_for_reschedule
  running>deferred running>scheduled running>restarting
  up_for_retry>scheduled up_for_retry>none up_for_retry>skipped up_for_retry>failed
  up_for_reschedule>scheduled up_for_reschedule>none up_for_reschedule>skipped up_for_reschedule>failed
  deferred>scheduled deferred>none deferred>skipped deferred>failed
  restarting>none success>none failed>none skipped>none upstream_failed>none removed>none
  success>restarting failed>restarting skipped>restarting upstream_failed>restarting removed>restarting`;

for (const [kind, states, allowed, assertTransition] of [
  ['run', RUN_STATES, RUN, assertRunTransition],
  ['attempt', ATTEMPT_STATES, ATTEMPT, assertAttemptTransition],
  ['task', TASK_STATES, TASK, assertTaskTransition],
] as const) {
  const possible = new Set(allowed.trim().split(/\s+/));
  for (const from of states) {
    for (const to of states) {
      const can = possible.has(`${from}>${to}`);
      test(`${kind}: ${from} ${can ? 'goes' : 'cannot go'} to ${to}`, (t) => {
        const attempt = () => (assertTransition as (a: string, b: string, c: string) => void)(from, to, 'it');
        if (can) return t.notThrows(attempt);
        const error = t.throws(attempt, { code: 'STATE_TRANSITION_IMPOSSIBLE' });
        t.true(
          error!.message.startsWith(
            `it: a${kind === 'attempt' ? 'n' : ''} ${kind} cannot go from ${from} to ${to}`,
          ),
        );
      });
    }
  }
}

test('what is finished, and what an executor holds', (t) => {
  t.deepEqual(TASK_STATES.filter(isFinished), ['success', 'failed', 'skipped', 'upstream_failed', 'removed']);
  t.deepEqual(TASK_STATES.filter(isActive), ['queued', 'running', 'restarting']);
  t.deepEqual(RUN_STATES.filter(isRunFinished), ['success', 'failed']);
});
