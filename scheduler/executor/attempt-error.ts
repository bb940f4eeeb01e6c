import { formatDuration } from '../../src/shared/duration.js';
import type { ErrorCode } from '../../src/shared/error-codes.js';
import { isCodedError, messageOf } from '../../src/shared/errors.js';
import type { AttemptError, AttemptOutcome, AttemptRequest, StopReason } from './executor.js';

type Failure = Extract<AttemptOutcome, { kind: 'failed' }>;

/** An attempt that the scheduler itself declares failed. */
export function failure(code: ErrorCode, message: string, retryable: boolean, stack?: string): Failure {
  return { kind: 'failed', error: { code, message, stack }, retryable };
}

/** The outcome of an attempt whose function threw `error`. What will not get better by itself is not retried. */
export function failureOf(error: unknown): Failure {
  return {
    kind: 'failed',
    error: describeError(error),
    retryable: !isCodedError(error, 'TASK_RESULT_NOT_JSON'),
  };
}

/** The outcome of an attempt that was stopped. */
export function stopFailure(reason: StopReason, { timeoutMs }: AttemptRequest): Failure {
  switch (reason) {
    case 'timeout':
      return failure('TASK_TIMEOUT', `stopped at its time limit of ${formatDuration(timeoutMs ?? 0)}`, true);
    case 'cancelled':
      return failure('TASK_CANCELLED', 'stopped because it was cancelled', false);
    case 'shutdown':
      return failure('TASK_INTERRUPTED', 'stopped because the scheduler shuts down', true);
  }
}

/** The outcome of an attempt whose worker died under it. */
export function deathFailure(death: Error | undefined, exitCode: number, memoryMb: number): Failure {
  if ((death as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return failure(
      'TASK_OUT_OF_MEMORY',
      `used more than ${memoryMb} MB of JavaScript heap and was stopped`,
      true,
    );
  }
  if (death === undefined) return failure('TASK_EXITED', `ended its worker with exit code ${exitCode}`, true);
  return failure('TASK_CRASHED', `its worker died: ${death.message}`, true, death.stack);
}

function describeError(error: unknown): AttemptError {
  const { code, stack } = (error ?? {}) as { code?: unknown; stack?: unknown };
  return {
    code: typeof code === 'string' ? code : undefined,
    message: messageOf(error),
    stack: typeof stack === 'string' ? stack + causes(error) : undefined,
  };
}

function causes(error: unknown): string {
  let text = '';
  let { cause } = error as { cause?: unknown };
  for (let depth = 0; cause !== undefined && depth < 5; depth++) {
    const { stack, cause: next } = (cause ?? {}) as { stack?: unknown; cause?: unknown };
    text += `\nCaused by: ${typeof stack === 'string' ? stack : messageOf(cause)}`;
    cause = next;
  }
  return text;
}
