import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatDuration } from '../../src/shared/duration.js';
import { formatLogLine } from '../../src/shared/log-line.js';
import type { Logger, LogLevel } from '../../src/shared/logger.js';
import type { AttemptOutcome, AttemptRequest } from './executor.js';

/**
 * The log of one attempt. Written synchronously: what a task printed before it died is there.
 * Fields as in every log: `time level message key=value`.
 */
export interface AttemptLog {
  readonly logger: Logger;
  /** text as it is, for what the task prints */
  write(text: string | Uint8Array): void;
  /** the line that opens the log */
  writeHeader(): void;
  /** the lines that close it: outcome, duration, and the stack of a failure */
  writeFooter(outcome: AttemptOutcome, durationMs: number): void;
  close(): void;
}

/** Opens an attempt's log for appending; makes its folder. */
export function openAttemptLog(request: AttemptRequest): AttemptLog {
  mkdirSync(dirname(request.logFile), { recursive: true });
  const file = openSync(request.logFile, 'a');
  const write = (text: string | Uint8Array): void => {
    writeSync(file, typeof text === 'string' ? Buffer.from(text) : text);
  };
  const line = (level: LogLevel, message: string, fields?: Record<string, unknown>) =>
    write(`${formatLogLine(new Date().toISOString(), level, message, fields)}\n`);
  const { dagId, taskId, attempt, callback } = request;
  const what = callback === undefined ? `attempt ${attempt}` : callback.kind;
  const at = (level: LogLevel): Logger['info'] => {
    return (message, fields) => line(level, message, fields);
  };
  return {
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    write,
    writeHeader() {
      const interval = [request.intervalStart, request.intervalEnd].map((at) => new Date(at).toISOString());
      line('info', `${what} of ${taskId === '' ? dagId : `${dagId}.${taskId}`} starts`, {
        run: request.runId,
        interval: interval.join('/'),
      });
    },
    writeFooter(outcome, durationMs) {
      const time = formatDuration(durationMs);
      if (outcome.kind === 'success') {
        line('info', `${what} succeeded in ${time}`);
        return;
      }
      const { code, message, stack } = outcome.error;
      line('error', `${what} failed after ${time}: ${message}`, { code });
      if (stack !== undefined) write(`${stack}\n`);
    },
    close: () => closeSync(file),
  };
}
