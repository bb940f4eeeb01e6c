import { SingleBar } from 'cli-progress';

export interface ProgressDisplay {
  update(label: string, done: number, total: number | undefined): void;
  /** removes what was drawn */
  stop(): void;
}

/**
 * Shows progress on `stream`: a bar on a terminal; elsewhere nothing but a line when a label is new, so that a log
 * stays readable.
 */
export function progressDisplay(stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  return stream.isTTY ? terminalBar(stream) : plainLines(stream);
}

function terminalBar(stream: NodeJS.WriteStream): ProgressDisplay {
  const bar = new SingleBar({
    stream,
    clearOnComplete: true,
    hideCursor: true,
    format: '{label} {bar} {value}/{total} | {speed} rows/s | ETA {eta_formatted}',
  });
  const start = performance.now();
  let active = false;
  return {
    update(label, done, total) {
      const speed = Math.round((done / Math.max(1, performance.now() - start)) * 1000).toLocaleString('en');
      if (!active) bar.start(total ?? 0, 0, { label, speed });
      active = true;
      bar.setTotal(Math.max(total ?? 0, done));
      bar.update(done, { label, speed });
    },
    stop() {
      if (active) bar.stop();
    },
  };
}

function plainLines(stream: NodeJS.WriteStream): ProgressDisplay {
  const seen = new Set<string>();
  return {
    update(label) {
      if (!seen.has(label)) stream.write(`${label} …\n`);
      seen.add(label);
    },
    stop() {},
  };
}
