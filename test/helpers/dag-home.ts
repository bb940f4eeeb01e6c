import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DagFileEvent, DagFiles } from '../../scheduler/dag-files/dag-files.js';
import { createDagFiles, type DagFilesOptions } from '../../scheduler/dag-files/folder-dag-files.js';
import { silentLogger } from '../../src/shared/logger.js';

/** A home folder of its own for a test, with what its DAG files told so far. */
export interface DagHome {
  readonly home: string;
  readonly dags: string;
  readonly bundles: string;
  readonly files: DagFiles;
  readonly events: readonly DagFileEvent[];
  /** writes a DAG file (or another, by a path that starts with ../) */
  write(file: string, text: string): void;
  remove(file: string): void;
  /** the first event from the `from`th on that fits, as soon as there is one */
  waitFor(fits: (event: DagFileEvent) => boolean, from?: number): Promise<DagFileEvent>;
  /** the last event of a file */
  last(file: string): DagFileEvent | undefined;
  /** another DagFiles on the same folders, as after a restart */
  restart(options?: Partial<DagFilesOptions>): Promise<void>;
  close(): Promise<void>;
}

export function createDagHome(options: Partial<DagFilesOptions> = {}): DagHome {
  const home = mkdtempSync(join(tmpdir(), 'dag-home-'));
  const dags = join(home, 'scheduler', 'dags');
  const bundles = join(home, '.scheduler', 'bundles');
  mkdirSync(dags, { recursive: true });
  let events: DagFileEvent[] = [];
  let waiting: (() => void)[] = [];
  const open = (more: Partial<DagFilesOptions>): DagFiles => {
    const folders = { dagsFolder: dags, bundlesFolder: bundles, homeFolder: home };
    const opened = createDagFiles({ ...folders, logger: silentLogger, pollMs: 50, ...options, ...more });
    opened.onEvent((event) => {
      events.push(event);
      for (const wake of waiting.splice(0)) wake();
    });
    return opened;
  };
  let files = open({});
  return {
    home,
    dags,
    bundles,
    get files() {
      return files;
    },
    get events() {
      return events;
    },
    write(file, text) {
      const path = join(dags, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
    remove(file) {
      rmSync(join(dags, file), { recursive: true });
    },
    async waitFor(fits, from = 0) {
      for (;;) {
        const found = events.slice(from).find(fits);
        if (found !== undefined) return found;
        await new Promise<void>((wake) => waiting.push(wake));
      }
    },
    last: (file) => events.findLast((event) => event.file === file),
    async restart(more = {}) {
      await files.close();
      events = [];
      waiting = [];
      files = open(more);
    },
    async close() {
      await files.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The text of a small DAG file with one task. */
export function dagText(dagId: string, options = '{}', body = '() => undefined'): string {
  return `import { dag } from 'feast-scheduler/dag';
export default dag('${dagId}', ${options}, ({ task }) => {
  task('only', ${body});
});
`;
}
