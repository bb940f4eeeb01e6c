import type { TriggerRule } from '../dag/spec.js';
import type { TaskState } from './states.js';
import { isFinished } from './states.js';

/** What a task's upstream says about it: start it, wait, or never start it, for one of two reasons. */
export type Verdict = 'run' | 'wait' | 'skipped' | 'upstream_failed';

interface Counts {
  readonly total: number;
  readonly success: number;
  readonly skipped: number;
  /** failed or upstream_failed */
  readonly failed: number;
  /** failed by itself */
  readonly ownFailed: number;
  readonly done: boolean;
}

function count(upstream: readonly TaskState[]): Counts {
  const of = (state: TaskState) => upstream.filter((one) => one === state).length;
  const ownFailed = of('failed');
  return {
    total: upstream.length,
    success: of('success'),
    skipped: of('skipped'),
    failed: ownFailed + of('upstream_failed'),
    ownFailed,
    done: upstream.every(isFinished),
  };
}

/** Tested in this order: what settles the task at once, then whether it may start. */
const RULES: Readonly<Record<TriggerRule, (n: Counts) => Verdict>> = {
  always: () => 'run',
  all_success: (n) => {
    if (n.failed > 0) return 'upstream_failed';
    if (n.skipped > 0) return 'skipped';
    return n.success === n.total ? 'run' : 'wait';
  },
  all_failed: (n) => {
    if (n.success > 0 || n.skipped > 0) return 'skipped';
    return n.failed === n.total ? 'run' : 'wait';
  },
  all_done: (n) => (n.done ? 'run' : 'wait'),
  all_done_min_one_success: (n) => {
    if (!n.done) return 'wait';
    if (n.success > 0) return 'run';
    return n.failed > 0 ? 'upstream_failed' : 'skipped';
  },
  all_skipped: (n) => {
    if (n.success > 0 || n.failed > 0) return 'skipped';
    return n.skipped === n.total ? 'run' : 'wait';
  },
  one_failed: (n) => {
    if (n.failed > 0) return 'run';
    return n.done ? 'skipped' : 'wait';
  },
  one_success: (n) => {
    if (n.success > 0) return 'run';
    if (!n.done) return 'wait';
    return n.failed > 0 ? 'upstream_failed' : 'skipped';
  },
  one_done: (n) => {
    if (n.success > 0 || n.ownFailed > 0) return 'run';
    return n.done ? 'skipped' : 'wait';
  },
  none_failed: (n) => {
    if (n.failed > 0) return 'upstream_failed';
    return n.done ? 'run' : 'wait';
  },
  none_failed_min_one_success: (n) => {
    if (n.failed > 0) return 'upstream_failed';
    if (!n.done) return 'wait';
    return n.success > 0 ? 'run' : 'skipped';
  },
  none_skipped: (n) => {
    if (n.skipped > 0) return 'skipped';
    return n.done ? 'run' : 'wait';
  },
};

/**
 * Whether a task may start, by the states of its direct upstream tasks. A task without upstream may.
 * Airflow: ti_deps/deps/trigger_rule_dep.py.
 */
export function evaluateTriggerRule(rule: TriggerRule, upstream: readonly TaskState[]): Verdict {
  return upstream.length === 0 ? 'run' : RULES[rule](count(upstream));
}
