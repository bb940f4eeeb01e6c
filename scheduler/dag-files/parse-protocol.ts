import type { DagSpec } from '../dag/spec.js';

/** What the parse worker is asked: one DAG file at a time. */
export interface ParseRequest {
  readonly kind: 'parse';
  /** absolute path */
  readonly bundle: string;
  /** relative to the DAG folder */
  readonly file: string;
}

/** Exactly one answer to each request, unless the worker dies. */
export type ParseAnswer =
  | {
      readonly kind: 'parsed';
      readonly dags: readonly DagSpec[];
      /** files and folders, relative to the home folder, that the DAGs want watched */
      readonly watch: readonly string[];
    }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string | undefined };
