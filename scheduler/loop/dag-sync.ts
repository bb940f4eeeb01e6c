import type { DagFileEvent, DagFiles } from '../dag-files/dag-files.js';
import { timetableOf } from '../run/plan-tick.js';
import type { LoopContext } from './loop-options.js';

/**
 * Brings what DAG files declare into the store.
 *
 * A DAG whose file is broken or gone stays visible: no run of it is created or started, runs that have started go
 * on to their end with the version they were created with.
 */
export class DagSync {
  readonly #context: LoopContext;
  readonly #events: DagFileEvent[] = [];
  readonly #seen = new Set<string>();

  constructor(context: LoopContext, dagFiles: DagFiles) {
    this.#context = context;
    dagFiles.onEvent((event) => {
      this.#events.push(event);
      context.poke();
    });
  }

  /** Writes what came since the last time. An event that cannot be written stays for the next. */
  async apply(): Promise<void> {
    for (let event = this.#events[0]; event !== undefined; event = this.#events[0]) {
      await this.#write(event);
      this.#events.shift();
    }
  }

  /** After the first scan: files that are known and were not found were removed while no scheduler ran. */
  async forgetUnseen(): Promise<void> {
    for (const file of await this.#context.store.listDagFiles()) {
      if (!this.#seen.has(file)) await this.#write({ kind: 'removed', file });
    }
  }

  async #write(event: DagFileEvent): Promise<void> {
    const { store, clock, emit } = this.#context;
    const now = clock.now();
    this.#seen.add(event.file);
    switch (event.kind) {
      case 'parsed': {
        const dags = [];
        for (const spec of event.dags) {
          const known = await store.getDag(spec.dagId);
          dags.push({ spec, next: timetableOf(spec).nextRun(known?.position ?? null, now) });
        }
        await store.saveDagFile({ file: event.file, bundle: event.bundle, dags });
        return emit({
          kind: 'dag_file_parsed',
          file: event.file,
          dagIds: event.dags.map(({ dagId }) => dagId),
        });
      }
      case 'import_error': {
        const { file, message, line, column } = event.error;
        await store.saveImportError({ file, message, line: line ?? null, column: column ?? null, at: now });
        return emit({ kind: 'dag_file_broken', error: event.error });
      }
      case 'removed':
        await store.removeDagFile(event.file);
        return emit({ kind: 'dag_file_removed', file: event.file });
    }
  }
}
