import { CodedError } from '../../src/shared/errors.js';
import type { Logger } from '../../src/shared/logger.js';
import { didYouMean } from '../../src/shared/nearest.js';
import type { Progress, TaskContext } from '../dag/context.js';
import type { Dag } from '../dag/dag-object.js';
import type { AttemptRequest } from './executor.js';

/** What a task function is handed, from what its attempt was asked with. */
export function createTaskContext(
  request: AttemptRequest,
  dag: Dag,
  log: Logger,
  signal: AbortSignal,
  progress: (progress: Progress) => void,
): TaskContext {
  const { dagId, taskId, runId, runType, attempt, params, xcom } = request;
  return Object.freeze({
    dagId,
    taskId,
    runId,
    runType,
    attempt,
    params,
    log,
    signal,
    progress,
    logicalDate: new Date(request.logicalDate),
    interval: Object.freeze({ start: new Date(request.intervalStart), end: new Date(request.intervalEnd) }),
    xcom<T>(upstreamId: string): T | undefined {
      const known = dag.tasks.map((task) => task.taskId);
      if (known.includes(upstreamId)) return xcom[upstreamId] as T | undefined;
      throw new CodedError(
        'TASK_NOT_FOUND',
        `xcom: dag "${dagId}" has no task "${upstreamId}".${didYouMean(upstreamId, known)}`,
      );
    },
  });
}
