import test from 'ava';
import { drawGraph } from '../../../scheduler/cli/text-graph.js';

test('tasks as a tree: branches, joins drawn once, tasks without any relation', (t) => {
  const tasks = [
    { taskId: 'extract', upstream: [] },
    { taskId: 'alone', upstream: [] },
    { taskId: 'left', upstream: ['extract'] },
    { taskId: 'right', upstream: ['extract'] },
    { taskId: 'join', upstream: ['left', 'right'] },
    { taskId: 'report', upstream: ['join'] },
  ];
  t.is(
    drawGraph(tasks),
    ['extract', '├─ left', '│  └─ join', '│     └─ report', '└─ right', '   └─ join (above)', 'alone'].join(
      '\n',
    ),
  );
});
