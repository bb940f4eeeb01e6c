/**
 * Forty tasks of 10 ms, one after the other in one DAG, through the whole scheduler: a DAG file parsed in a
 * worker, a state database on disk, tasks in the worker threads of the host process. Published for the same:
 * Airflow 2.7 116 s, Prefect 4.9 s, Windmill 4.4 s.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDagFiles } from '../scheduler/dag-files/folder-dag-files.js';
import { createHostedExecutor } from '../scheduler/executor/hosted-executor.js';
import { SchedulerLoop } from '../scheduler/loop/scheduler-loop.js';
import { openRunStore } from '../scheduler/store/open-run-store.js';
import { silentLogger } from '../src/shared/logger.js';

const TASKS = 40;

const DAG_FILE = `import { dag } from 'feast-scheduler/dag';
export default dag('forty', { schedule: '@once', startDate: '2026-01-01' }, ({ task }) => {
  let before;
  for (let i = 0; i < ${TASKS}; i++) {
    const one = task('t' + i, () => new Promise((resolve) => setTimeout(resolve, 10)));
    before?.before(one);
    before = one;
  }
});
`;

const home = mkdtempSync(join(tmpdir(), 'feast-scheduler-bench-'));
const [dags, bundles] = [join(home, 'dags'), join(home, 'bundles')];
for (const folder of [dags, bundles]) mkdirSync(folder);
writeFileSync(join(dags, 'forty.js'), DAG_FILE);

const store = await openRunStore(join(home, 'state.db'));
const gaps: number[] = [];
let [runStarted, runFinished, taskFinished] = [0, 0, Number.NaN];
const loop = new SchedulerLoop({
  store,
  dagFiles: createDagFiles({
    dagsFolder: dags,
    bundlesFolder: bundles,
    homeFolder: home,
    logger: silentLogger,
  }),
  executor: createHostedExecutor({ capacity: 2, logger: silentLogger }),
  logFolder: join(home, 'logs'),
  onEvent: ({ kind }) => {
    const now = performance.now();
    if (kind === 'run_started') runStarted = now;
    if (kind === 'run_finished') runFinished = now;
    if (kind === 'attempt_started' && !Number.isNaN(taskFinished)) gaps.push(now - taskFinished);
    if (kind === 'attempt_finished') taskFinished = now;
  },
});
const summary = await loop.runOnce();
await store.close();
rmSync(home, { recursive: true });
if (summary.tasks.success !== TASKS)
  throw new Error(`expected ${TASKS} successes: ${JSON.stringify(summary)}`);

gaps.sort((a, b) => a - b);
const at = (share: number) => Number(gaps[Math.floor(gaps.length * share)]!.toFixed(2));
console.log(
  JSON.stringify({
    bench: 'scheduler-tasks',
    tasks: TASKS,
    task_ms: 10,
    seconds: Number(((runFinished - runStarted) / 1000).toFixed(3)),
    finished_to_started_p50_ms: at(0.5),
    finished_to_started_p99_ms: at(0.99),
  }),
);
