import winston from 'winston';
import { maskCredentials } from './credentials.js';
import { formatLogLine } from './log-line.js';

/** What the rest of the code logs through; winston underneath. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

function text({ timestamp, level, message, ...fields }: winston.Logform.TransformableInfo): string {
  return maskCredentials(formatLogLine(String(timestamp), level, String(message), fields));
}

/**
 * A logger that writes lines of `time level message key=value` to `stream` (default: standard error, so that a
 * command's output stays clean).
 */
export function createLogger(options: { level?: LogLevel; stream?: NodeJS.WritableStream } = {}): Logger {
  return winston.createLogger({
    level: options.level ?? 'info',
    format: winston.format.combine(winston.format.timestamp(), winston.format.printf(text)),
    transports: [new winston.transports.Stream({ stream: options.stream ?? process.stderr })],
  });
}

/** For callers that want no output. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
