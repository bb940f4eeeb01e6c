import type { Logger } from '../../src/shared/logger.js';
import type { CallbackKind } from '../dag/callbacks.js';
import type { Progress } from '../dag/context.js';
import type { ImportError } from '../dag-files/dag-files.js';
import type { TaskState } from '../run/states.js';
import type { RunRecord, StoredError } from '../store/records.js';

/** Names an attempt. */
export interface AttemptName {
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  /** 1 for the first */
  readonly attempt: number;
}

/** What happens in the loop, for whoever shows it: a log, a progress bar. */
export type LoopEvent =
  | { readonly kind: 'dag_file_parsed'; readonly file: string; readonly dagIds: readonly string[] }
  | { readonly kind: 'dag_file_broken'; readonly error: ImportError }
  | { readonly kind: 'dag_file_removed'; readonly file: string }
  | { readonly kind: 'run_created'; readonly run: Pick<RunRecord, 'dagId' | 'runId'> }
  | { readonly kind: 'run_started'; readonly run: RunRecord }
  | {
      readonly kind: 'run_finished';
      readonly run: RunRecord;
      readonly state: 'success' | 'failed';
      readonly timedOut: boolean;
      /** milliseconds since it started */
      readonly tookMs: number;
    }
  | ({ readonly kind: 'attempt_started'; readonly logFile: string } & AttemptName)
  | ({ readonly kind: 'attempt_progress'; readonly progress: Progress } & AttemptName)
  | ({
      readonly kind: 'attempt_finished';
      /** what its task is now: success, failed, up_for_retry, scheduled (interrupted) or none (cleared) */
      readonly state: TaskState;
      readonly error: StoredError | null;
      readonly retryAt: number | null;
      readonly tookMs: number;
    } & AttemptName)
  /** an attempt of a scheduler that is gone was found; its task runs again */
  | {
      readonly kind: 'attempt_orphaned';
      readonly dagId: string;
      readonly runId: string;
      readonly taskId: string;
    }
  /** a callback threw, or took too long; it is not called again */
  | {
      readonly kind: 'callback_failed';
      readonly callback: CallbackKind;
      readonly run: RunRecord;
      readonly taskId: string | null;
      readonly error: StoredError;
    }
  | { readonly kind: 'deadline_missed'; readonly run: RunRecord }
  | { readonly kind: 'store_unavailable'; readonly error: Error };

/** A listener that writes each event as a line. */
export function logLoopEvents(log: Logger): (event: LoopEvent) => void {
  return (event) => {
    const fields = 'run' in event ? { dag: event.run.dagId, run: event.run.runId } : {};
    const name =
      'attempt' in event
        ? { dag: event.dagId, run: event.runId, task: event.taskId, attempt: event.attempt }
        : {};
    switch (event.kind) {
      case 'dag_file_parsed':
        return log.info('DAG file read', { file: event.file, dags: event.dagIds.join(',') });
      case 'dag_file_broken':
        return log.error(`DAG file cannot be used: ${event.error.message}`, {
          file: event.error.file,
          line: event.error.line,
        });
      case 'dag_file_removed':
        return log.info('DAG file removed', { file: event.file });
      case 'run_created':
        return log.info('run created', fields);
      case 'run_started':
        return log.info('run started', fields);
      case 'run_finished':
        return log[event.state === 'failed' ? 'error' : 'info'](
          event.timedOut ? 'run failed: its time was up' : `run finished: ${event.state}`,
          { ...fields, ms: event.tookMs },
        );
      case 'attempt_started':
        return log.info('task started', name);
      case 'attempt_progress':
        return log.debug('task progress', { ...name, progress: event.progress });
      case 'attempt_finished': {
        if (event.error === null)
          return log.info(`task finished: ${event.state}`, { ...name, ms: event.tookMs });
        return log[event.state === 'failed' ? 'error' : 'warn'](
          `task ${event.state === 'failed' ? 'failed' : `ended (${event.state})`}: ${event.error.message}`,
          { ...name, ms: event.tookMs, code: event.error.code },
        );
      }
      case 'attempt_orphaned':
        return log.warn('task was interrupted by the end of its scheduler, and runs again', {
          dag: event.dagId,
          run: event.runId,
          task: event.taskId,
        });
      case 'callback_failed':
        return log.error(`${event.callback} failed: ${event.error.message}`, {
          ...fields,
          task: event.taskId ?? undefined,
        });
      case 'deadline_missed':
        return log.warn('run missed its deadline', fields);
      case 'store_unavailable':
        return log.error(`${event.error.message} Trying again.`);
    }
  };
}
