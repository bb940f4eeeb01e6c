import { Presets, SingleBar } from 'cli-progress';
import type { LoopEvent } from '../loop/loop-events.js';

/** What happens in a loop, as one line that moves. */
export interface OnceProgress {
  readonly onEvent: (event: LoopEvent) => void;
  /** leaves the line as it is and goes to the next */
  stop(): void;
}

/**
 * A progress bar of runs that have ended out of those that are known, with the task that moved last.
 * @param stream a terminal
 */
export function showOnceProgress(stream: NodeJS.WritableStream): OnceProgress {
  const bar = new SingleBar(
    { stream, format: '{bar} {value}/{total} runs  {task}', hideCursor: true },
    Presets.shades_classic,
  );
  const known = new Set<string>();
  let ended = 0;
  bar.start(0, 0, { task: '' });

  const learn = (run: { readonly dagId: string; readonly runId: string }): void => {
    known.add(`${run.dagId} ${run.runId}`);
    bar.setTotal(known.size);
  };
  const say = (task: string): void => bar.update(ended, { task });

  return {
    onEvent(event) {
      switch (event.kind) {
        case 'run_created':
        case 'run_started':
          return learn(event.run);
        case 'run_finished':
          ended++;
          return say('');
        case 'attempt_started':
          return say(`${event.dagId}.${event.taskId}`);
        case 'attempt_progress':
          return say(`${event.dagId}.${event.taskId} ${describeProgress(event.progress)}`);
      }
    },
    stop: () => bar.stop(),
  };
}

function describeProgress(progress: Readonly<Record<string, unknown>>): string {
  return Object.entries(progress)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
