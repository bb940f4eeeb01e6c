import { CodedError } from '../../src/shared/errors.js';
import type { Logger } from '../../src/shared/logger.js';
import { didYouMean } from '../../src/shared/nearest.js';
import type { Job, JobContext, JobProgress } from './job.js';

export interface RunJobOptions {
  readonly interval?: JobContext['interval'];
  /** in place of the job's defaults */
  readonly params?: Readonly<Record<string, string>>;
  readonly log: Logger;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: JobProgress) => void;
}

/**
 * Runs a job on this thread and resolves with what it returns.
 * @param name for messages
 * @throws CodedError USAGE for an unknown param or an interval that ends before it starts; what the job throws
 */
export async function runJob(name: string, job: Job, options: RunJobOptions): Promise<unknown> {
  const { interval, params = {} } = options;
  if (interval !== undefined && interval.start >= interval.end) {
    throw new CodedError(
      'USAGE',
      `job "${name}": the interval starts at ${interval.start.toISOString()} and ends at ${interval.end.toISOString()}; expected a start before the end`,
    );
  }
  for (const key of Object.keys(params)) {
    if (!Object.hasOwn(job.params, key)) {
      throw new CodedError(
        'USAGE',
        `job "${name}" has no param "${key}".${didYouMean(key, Object.keys(job.params))}`,
      );
    }
  }
  return job.run({
    interval,
    params: { ...job.params, ...params },
    log: options.log,
    signal: options.signal ?? new AbortController().signal,
    progress: options.progress ?? (() => {}),
  });
}
