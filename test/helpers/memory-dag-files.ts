import type { DagSpec } from '../../scheduler/dag/spec.js';
import type { DagFileEvent, DagFiles } from '../../scheduler/dag-files/dag-files.js';

/** DAG files that are handed over as specs; the bundle of a file is its name. */
export class MemoryDagFiles implements DagFiles {
  readonly #specs: readonly DagSpec[];
  #listener: (event: DagFileEvent) => void = () => {};
  closed = false;

  constructor(...specs: DagSpec[]) {
    this.#specs = specs;
  }

  onEvent(listener: (event: DagFileEvent) => void): void {
    this.#listener = listener;
  }

  async scan(): Promise<void> {
    for (const file of new Set(this.#specs.map((spec) => spec.file))) {
      this.parsed(...this.#specs.filter((spec) => spec.file === file));
    }
  }

  watch(): void {}

  async prune(): Promise<void> {}

  async close(): Promise<void> {
    this.closed = true;
  }

  /** A file was read: it holds these DAGs. */
  parsed(...dags: DagSpec[]): void {
    const file = dags[0]!.file;
    this.#listener({ kind: 'parsed', file, dags, bundle: `/bundles/${file}` });
  }

  broken(file: string, message: string): void {
    const error = { file, message, line: 3, column: undefined };
    this.#listener({ kind: 'import_error', file, error });
  }

  removed(file: string): void {
    this.#listener({ kind: 'removed', file });
  }
}
