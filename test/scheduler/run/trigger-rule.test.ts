import test from 'ava';
import { TRIGGER_RULES, type TriggerRule } from '../../../scheduler/dag/spec.js';
import type { TaskState } from '../../../scheduler/run/states.js';
import { evaluateTriggerRule, type Verdict } from '../../../scheduler/run/trigger-rule.js';

const STATES: Record<string, TaskState> = {
  s: 'success',
  f: 'failed',
  u: 'upstream_failed',
  k: 'skipped',
  r: 'running',
};
const VERDICTS: Record<string, Verdict> = { R: 'run', '.': 'wait', K: 'skipped', U: 'upstream_failed' };

/** Two upstream tasks: s success, f failed, u upstream_failed, k skipped, r still running. */
const PAIRS = 'ss sf su sk sr ff fu fk fr uu uk ur kk kr rr'.split(' ');
/** Airflow's rules, by hand: R run, . wait, K skipped, U upstream_failed. */
const TABLE: Record<TriggerRule, string> = {
  //                             ss sf su sk sr ff fu fk fr uu uk ur kk kr rr
  all_success: '                 R  U  U  K  .  U  U  U  U  U  U  U  K  K  .',
  all_failed: '                  K  K  K  K  K  R  R  K  .  R  K  .  K  K  .',
  all_done: '                    R  R  R  R  .  R  R  R  .  R  R  .  R  .  .',
  all_done_min_one_success: '    R  R  R  R  .  U  U  U  .  U  U  .  K  .  .',
  all_skipped: '                 K  K  K  K  K  K  K  K  K  K  K  K  R  .  .',
  one_failed: '                  K  R  R  K  .  R  R  R  R  R  R  R  K  .  .',
  one_success: '                 R  R  R  R  R  U  U  U  .  U  U  .  K  .  .',
  one_done: '                    R  R  R  R  R  R  R  R  R  K  K  .  K  .  .',
  none_failed: '                 R  U  U  R  .  U  U  U  U  U  U  U  R  .  .',
  none_failed_min_one_success: ' R  U  U  R  .  U  U  U  U  U  U  U  K  .  .',
  none_skipped: '                R  R  R  K  .  R  R  K  .  R  K  .  K  K  .',
  always: '                      R  R  R  R  R  R  R  R  R  R  R  R  R  R  R',
};

for (const rule of TRIGGER_RULES) {
  test(`${rule}, over every pair of upstream outcomes`, (t) => {
    const expected = TABLE[rule].trim().split(/\s+/);
    t.is(expected.length, PAIRS.length);
    for (const [i, pair] of PAIRS.entries()) {
      const upstream = [...pair].map((letter) => STATES[letter]!);
      const verdict = VERDICTS[expected[i]!]!;
      t.is(evaluateTriggerRule(rule, upstream), verdict, pair);
      t.is(evaluateTriggerRule(rule, upstream.toReversed()), verdict, `${pair} reversed`);
    }
  });

  test(`${rule}: a task without upstream runs`, (t) => {
    t.is(evaluateTriggerRule(rule, []), 'run');
  });
}

test('whatever is not finished is waited for', (t) => {
  for (const state of ['none', 'scheduled', 'queued', 'up_for_retry', 'deferred', 'restarting'] as const) {
    t.is(evaluateTriggerRule('all_done', ['success', state]), 'wait', state);
  }
});
