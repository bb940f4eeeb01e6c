import { CodedError } from '../../src/shared/errors.js';
import { parseInstant } from '../../src/shared/instant.js';
import { parseSchedule } from '../clock/parse-schedule.js';
import { timeZone } from '../clock/time-zone.js';
import type { Dag } from '../dag/dag-object.js';
import type { DagSpec } from '../dag/spec.js';
import { hashDag } from '../dag/version.js';

/**
 * A loaded DAG as data.
 * @param file relative to the DAG folder
 * @throws CodedError DAG_INVALID, TIME_INVALID
 */
export function specifyDag({ dagId, settings, tasks }: Dag, file: string): DagSpec {
  const place = `dag "${dagId}"`;
  const zone = timeZone(settings.timeZone, `${place}, timeZone`);
  const instant = (date: string | number | null, name: string) =>
    typeof date === 'string' ? parseInstant(date, `${place}, ${name}`, zone.toInstant) : date;
  const spec: Omit<DagSpec, 'version'> = {
    dagId,
    description: settings.description,
    tags: settings.tags,
    file,
    schedule: parseSchedule(settings.schedule, `${place}, schedule`),
    timeZone: zone.name,
    startDate: instant(settings.startDate, 'startDate'),
    endDate: instant(settings.endDate, 'endDate'),
    catchup: settings.catchup,
    maxActiveRuns: settings.maxActiveRuns,
    maxActiveTasks: settings.maxActiveTasks,
    runTimeoutMs: settings.runTimeout,
    pausedUponCreation: settings.pausedUponCreation,
    params: settings.params,
    tasks: tasks.map((task) => ({ taskId: task.taskId, upstream: task.upstream, ...task.settings })),
  };
  if (spec.startDate !== null && spec.endDate !== null && spec.endDate <= spec.startDate) {
    throw new CodedError(
      'DAG_INVALID',
      `${place}: endDate ${settings.endDate} is not after startDate ${settings.startDate}`,
    );
  }
  return { ...spec, version: hashDag(spec) };
}
