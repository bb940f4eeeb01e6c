import type { Progress } from '../dag/context.js';

/** At most one message in this many milliseconds. */
const EVERY_MS = 250;

export interface ProgressSender {
  report(progress: Progress): void;
  /** sends what is held back */
  flush(): void;
}

/**
 * Thins out progress. The first report and those after a pause go out at once, from within the call: a task that
 * never lets go of its thread shows progress too.
 * @param send is handed plain JSON
 * @throws TypeError from report where progress is not JSON
 */
export function createProgressSender(send: (progress: Progress) => void): ProgressSender {
  let pending: string | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (pending === undefined) return;
    const progress = JSON.parse(pending) as Progress;
    pending = undefined;
    sentAt = performance.now();
    send(progress);
  };
  return {
    report(progress) {
      pending = JSON.stringify(progress);
      const wait = sentAt + EVERY_MS - performance.now();
      if (wait <= 0) flush();
      else timer ??= setTimeout(flush, wait).unref();
    },
    flush,
  };
}
