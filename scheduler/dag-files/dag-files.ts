import type { DagSpec } from '../dag/spec.js';

/** Why a DAG file could not be used. */
export interface ImportError {
  /** relative to the DAG folder */
  readonly file: string;
  readonly message: string;
  /** 1-based, in the user's source; undefined where nothing tells */
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** A change of the DAG folder. `file` is relative to it, with forward slashes. */
export type DagFileEvent =
  | {
      readonly kind: 'parsed';
      readonly file: string;
      readonly dags: readonly DagSpec[];
      /** absolute path of the bundle its tasks run from; its name changes with its content */
      readonly bundle: string;
    }
  | { readonly kind: 'import_error'; readonly file: string; readonly error: ImportError }
  | { readonly kind: 'removed'; readonly file: string };

/**
 * Finds, bundles, parses (in a worker, with a time limit) and watches DAG files. A file is parsed again only
 * when it, something it imports, or something it names in `watch` changes. A DAG id that another file already
 * has is an import error of the later file.
 */
export interface DagFiles {
  onEvent(listener: (event: DagFileEvent) => void): void;
  /** parses every file once; resolves when each has had its event */
  scan(): Promise<void>;
  /** from now on, changes are reported within 5 seconds */
  watch(): void;
  /** deletes the bundles that are neither in use by a file nor in `kept` (absolute paths) */
  prune(kept: ReadonlySet<string>): Promise<void>;
  close(): Promise<void>;
}
