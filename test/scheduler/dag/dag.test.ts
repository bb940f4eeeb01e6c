import test from 'ava';
import { collectDags } from '../../../scheduler/dag/dag-object.js';
import { dag } from '../../../scheduler/dag/index.js';
import { isCodedError } from '../../../src/shared/errors.js';

const nothing = () => undefined;
const manual = (build: Parameters<typeof dag>[2]) => dag('d', {}, build);

test('a DAG keeps what its author said, and defaults for the rest', (t) => {
  const made = dag(
    'sales.daily',
    {
      schedule: '@daily',
      startDate: '2026-10-20',
      catchup: true,
      tags: ['x'],
      defaults: { retries: 2, retryDelay: '30s' },
    },
    ({ task }) => {
      const load = task('load', { retries: 0, timeout: '1h' }, nothing);
      task('check', nothing).after(load);
    },
  );
  t.is(made.kind, 'dag');
  t.like(made.settings, {
    schedule: '@daily',
    startDate: '2026-10-20',
    endDate: null,
    timeZone: 'UTC',
    catchup: true,
    maxActiveRuns: 16,
    maxActiveTasks: 16,
    runTimeout: null,
    pausedUponCreation: false,
  });
  t.deepEqual(
    made.tasks.map(({ taskId, upstream, settings }) => ({ taskId, upstream, ...settings })),
    [
      {
        taskId: 'load',
        upstream: [],
        retries: 0,
        retryDelayMs: 30_000,
        retryBackoff: 'fixed',
        maxRetryDelayMs: 86_400_000,
        timeoutMs: 3_600_000,
        triggerRule: 'all_success',
        dependsOnPast: false,
        priorityWeight: 1,
        maxActive: null,
      },
      {
        taskId: 'check',
        upstream: ['load'],
        retries: 2,
        retryDelayMs: 30_000,
        retryBackoff: 'fixed',
        maxRetryDelayMs: 86_400_000,
        timeoutMs: null,
        triggerRule: 'all_success',
        dependsOnPast: false,
        priorityWeight: 1,
        maxActive: null,
      },
    ],
  );
});

test('tasks come in topological order, whatever the order of declaration', (t) => {
  const made = manual(({ task }) => {
    const last = task('last', nothing);
    const [a, b] = [task('a', nothing), task('b', nothing)];
    const first = task('first', nothing);
    first.before([a, b]);
    last.after([a], b);
    first.before(last).before(a);
  });
  t.deepEqual(
    made.tasks.map((task) => [task.taskId, task.upstream]),
    [
      ['first', []],
      ['a', ['first']],
      ['b', ['first']],
      ['last', ['a', 'b', 'first']],
    ],
  );
});

test('a Date and a date text are both start dates', (t) => {
  const at = new Date('2026-01-01T00:00:00Z');
  t.is(dag('d', { startDate: at }, ({ task }) => void task('a', nothing)).settings.startDate, at.getTime());
});

test('DAGs are found among exports: default, named, lists, CommonJS, each once', (t) => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => dag(id, {}, ({ task }) => void task('x', nothing)));
  t.deepEqual(collectDags({ default: a, again: a, more: [b, c], other: 5, fn: nothing }), [a!, b!, c!]);
  t.deepEqual(collectDags({ default: { a, list: [b] } }), [a!, b!]);
  t.deepEqual(collectDags({}), []);
});

const mistakes: Record<string, [() => unknown, string, RegExp]> = {
  'unknown DAG option': [
    () => dag('d', { shedule: '@daily' } as never, nothing),
    'DAG_UNKNOWN_OPTION',
    /dag "d": unknown option "shedule"\. Did you mean "schedule"\?/,
  ],
  'unknown task option': [
    () => manual(({ task }) => void task('a', { retires: 3 } as never, nothing)),
    'DAG_UNKNOWN_OPTION',
    /dag "d", task "a": unknown option "retires"\. Did you mean "retries"\?/,
  ],
  'unknown option in defaults': [
    () => dag('d', { defaults: { timeOut: 3 } as never }, ({ task }) => void task('a', nothing)),
    'DAG_UNKNOWN_OPTION',
    /dag "d", defaults: unknown option "timeOut"\. Did you mean "timeout"\?/,
  ],
  'wrong type': [
    () => dag('d', { catchup: 'yes' } as never, nothing),
    'DAG_INVALID',
    /dag "d", catchup: "yes" is not true or false/,
  ],
  'negative retries': [
    () => manual(({ task }) => void task('a', { retries: -1 }, nothing)),
    'DAG_INVALID',
    /task "a", retries: -1 is not a whole number of at least 0/,
  ],
  'bad duration': [
    () => manual(({ task }) => void task('a', { timeout: '3 parsecs' }, nothing)),
    'DURATION_INVALID',
    /task "a", timeout: "3 parsecs" is not a duration/,
  ],
  'bad trigger rule': [
    () => manual(({ task }) => void task('a', { triggerRule: 'all_sucess' as never }, nothing)),
    'DAG_INVALID',
    /"all_sucess" is not one of .* Did you mean "all_success"\?/,
  ],
  'schedule without start': [
    () => dag('d', { schedule: '@daily' }, nothing),
    'DAG_INVALID',
    /has a schedule and no startDate/,
  ],
  'schedule of another shape': [
    () => dag('d', { schedule: { each: '5m' } as never, startDate: '2026-01-01' }, nothing),
    'DAG_INVALID',
    /schedule: \{"each":"5m"\} is not a schedule/,
  ],
  'invalid Date': [
    () => dag('d', { startDate: new Date('no') }, nothing),
    'DAG_INVALID',
    /startDate: .* is not a date/,
  ],
  'params that JSON cannot hold': [
    () => dag('d', { params: { n: 1n } }, nothing),
    'DAG_INVALID',
    /params: cannot be written as JSON/,
  ],
  'bad DAG id': [() => dag('my dag', {}, nothing), 'DAG_INVALID', /"my dag" is not an id: 1 to 250 letters/],
  'bad task id': [
    () => manual(({ task }) => void task('a/b', nothing)),
    'DAG_INVALID',
    /dag "d", task id: "a\/b" is not an id/,
  ],
  'no task': [() => manual(nothing), 'DAG_INVALID', /dag "d": has no task/],
  'no function': [
    () => manual(({ task }) => void task('a', { retries: 1 } as never)),
    'DAG_INVALID',
    /task "a": \{"retries":1\} is not a function/,
  ],
  'no builder': [
    () => dag('d', {}, undefined as never),
    'DAG_INVALID',
    /dag "d": undefined is not a function/,
  ],
  'async builder': [() => manual((async () => undefined) as never), 'DAG_INVALID', /must not be async/],
  'duplicate task': [
    () =>
      manual(({ task }) => {
        task('a', nothing);
        task('a', nothing);
      }),
    'DAG_DUPLICATE_TASK',
    /two tasks have the id "a"/,
  ],
  cycle: [
    () =>
      manual(({ task }) => {
        const [a, b, c] = [task('a', nothing), task('b', nothing), task('c', nothing)];
        task('outside', nothing).before(a);
        a.before(b);
        b.before(c);
        c.before(a);
      }),
    'DAG_CYCLE',
    /dag "d": its tasks form a circle: a → b → c → a/,
  ],
  'task after itself': [
    () => manual(({ task }) => void (({ a }) => a.after(a))({ a: task('a', nothing) })),
    'DAG_CYCLE',
    /a → a/,
  ],
  'task of another DAG': [
    () => {
      let stranger: Parameters<Parameters<typeof dag>[2]>[0]['task'] extends (...args: never) => infer H
        ? H
        : never;
      manual(({ task }) => {
        stranger = task('a', nothing);
      });
      return manual(({ task }) => void task('b', nothing).after(stranger));
    },
    'DAG_INVALID',
    /task "b", after: "a" is not a task of dag "d"/,
  ],
};

for (const [name, [make, code, message]] of Object.entries(mistakes)) {
  test(`refused: ${name}`, (t) => {
    const error = t.throws(make);
    t.true(isCodedError(error), String(error));
    t.is((error as { code?: string }).code, code);
    t.regex(String(error?.message), message);
  });
}
