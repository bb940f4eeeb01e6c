import type { Logger } from '../../src/shared/logger.js';

/** What a job function is handed. */
export interface JobContext<Params extends JobParams = JobParams> {
  /** the window given with --start/--end or --date; undefined: none was given */
  readonly interval: { readonly start: Date; readonly end: Date } | undefined;
  /** the job's params, with what --param gave in place of its defaults */
  readonly params: Params;
  readonly log: Logger;
  /** aborted when the job is to stop */
  readonly signal: AbortSignal;
  /** reports progress: drawn as a bar on a terminal */
  progress(progress: JobProgress): void;
}

export interface JobProgress {
  /** what is being worked on: a feature view */
  readonly label: string;
  readonly done: number;
  /** undefined: not known yet */
  readonly total?: number | undefined;
}

export type JobParams = Readonly<Record<string, string>>;

export interface Job<Params extends JobParams = JobParams> {
  readonly kind: 'job';
  readonly description: string;
  /** names and default values */
  readonly params: Params;
  /** returns what `run-job` prints as JSON: any JSON value */
  readonly run: (context: JobContext<Params>) => unknown;
}

/**
 * Declares a job: the default export of `feast_jobs/NAME.ts`, which `run-job NAME` runs.
 * @param options.params names and default values (texts) of what `--param name=value` may set
 */
export function job<const Params extends JobParams>(
  options: { description: string; params?: Params },
  run: Job<{ readonly [Name in keyof Params]: string }>['run'],
): Job<{ readonly [Name in keyof Params]: string }> {
  return Object.freeze({
    kind: 'job',
    description: options.description,
    params: Object.freeze({ ...options.params }) as { readonly [Name in keyof Params]: string },
    run,
  });
}
