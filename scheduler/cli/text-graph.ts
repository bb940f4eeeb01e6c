import type { TaskSpec } from '../dag/spec.js';

type Node = Pick<TaskSpec, 'taskId' | 'upstream'>;

/** Tasks in the order in which they run, as a tree. A task after several others is drawn below the first, once. */
export function drawGraph(tasks: readonly Node[]): string {
  const lines: string[] = [];
  const drawn = new Set<string>();
  const draw = (task: Node, lead: string, branch: string, below: string): void => {
    const again = drawn.has(task.taskId);
    drawn.add(task.taskId);
    lines.push(`${lead}${branch}${task.taskId}${again ? ' (above)' : ''}`);
    if (again) return;
    const after = tasks.filter(({ upstream }) => upstream.includes(task.taskId));
    after.forEach((next, at) => {
      const last = at === after.length - 1;
      draw(next, lead + below, last ? '└─ ' : '├─ ', last ? '   ' : '│  ');
    });
  };
  for (const task of tasks) if (task.upstream.length === 0) draw(task, '', '', '');
  return lines.join('\n');
}
