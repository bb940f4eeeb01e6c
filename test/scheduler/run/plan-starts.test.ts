import test from 'ava';
import { ancestorsOf, withDescendants } from '../../../scheduler/run/lineage.js';
import { planRunStarts, type QueuedRun } from '../../../scheduler/run/plan-run-starts.js';
import { type Candidate, planStarts, taskName } from '../../../scheduler/run/plan-starts.js';
import { chain, dagSpec, taskSpec } from '../../helpers/dag-spec.js';

const candidate = (key: number, dagId: string, taskId: string, more: Partial<Candidate> = {}): Candidate => ({
  key,
  dagId,
  taskId,
  maxActiveTasks: 16,
  maxActive: null,
  ...more,
});
const active = (dags: [string, number][] = [], tasks: [string, string, number][] = []) => ({
  byDag: new Map(dags),
  byTask: new Map(tasks.map(([dagId, taskId, n]) => [taskName(dagId, taskId), n])),
});

test('free places go to candidates in their order', (t) => {
  const all = [candidate(3, 'x', 'a'), candidate(1, 'x', 'b'), candidate(2, 'y', 'a')];
  t.deepEqual(planStarts(all, active(), 2).start, [3, 1]);
  t.deepEqual(planStarts(all, active(), 0).start, []);
});

test('maxActiveTasks of the DAG, over all its runs', (t) => {
  const all = [1, 2, 3].map((key) => candidate(key, 'x', `t${key}`, { maxActiveTasks: 3 }));
  const plan = planStarts([...all, candidate(4, 'y', 'a')], active([['x', 1]]), 9);
  t.deepEqual(plan.start, [1, 2, 4]);
  t.deepEqual(plan.fullDags, ['x']);
});

test('maxActive of a task, over all runs of its DAG', (t) => {
  const all = [1, 2, 3].map((key) => candidate(key, 'x', 'a', { maxActive: 2 }));
  const plan = planStarts([...all, candidate(4, 'x', 'b')], active([['x', 1]], [['x', 'a', 1]]), 9);
  t.deepEqual(plan.start, [1, 4]);
  t.deepEqual(plan.fullTasks, [['x', 'a']]);
});

test('queued runs start within the limit of their lane: live before backfill, in their order', (t) => {
  const run = (key: number, order: number, more: Partial<QueuedRun> = {}): QueuedRun => ({
    key,
    lane: 'x',
    limit: 2,
    backfill: false,
    order,
    ...more,
  });
  const queued = [run(1, 30), run(2, 10, { backfill: true }), run(3, 20), run(4, 5, { lane: 'y' })];
  t.deepEqual(planRunStarts(queued, new Map()), [4, 3, 1]);
  const own = [run(5, 1, { backfill: true, lane: 'b' }), ...queued];
  t.deepEqual(
    planRunStarts(own, new Map()),
    [4, 3, 1, 5],
    'a backfill has a limit of its own, and goes last',
  );
  t.deepEqual(planRunStarts(queued, new Map([['x', 1]])), [4, 3]);
  t.deepEqual(
    planRunStarts(
      queued,
      new Map([
        ['x', 2],
        ['y', 2],
      ]),
    ),
    [],
  );
});

test('what lies before and after a task', (t) => {
  const spec = dagSpec('x', [...chain(['a', 'b', 'c']), taskSpec('d', { upstream: ['b'] }), taskSpec('e')]);
  t.deepEqual([...ancestorsOf(spec, 'c')].sort(), ['a', 'b']);
  t.deepEqual([...ancestorsOf(spec, 'a')], []);
  t.deepEqual([...withDescendants(spec, ['b'])].sort(), ['b', 'c', 'd']);
});
