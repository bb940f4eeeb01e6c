import { join, relative } from 'node:path';
import type { DagSpec } from '../dag/spec.js';
import { bundleDagFile, bundleName } from './bundle.js';
import type { ImportError } from './dag-files.js';
import type { ParseLane } from './parse-lane.js';
import { locate } from './user-location.js';

/** What a DAG file held when it was loaded, and what to look at to know when to load it again. */
export type LoadedFile = {
  /** absolute path → fingerprint of what went in, taken before it was read */
  readonly inputs: ReadonlyMap<string, string>;
} & (
  | {
      readonly kind: 'parsed';
      readonly dags: readonly DagSpec[];
      readonly bundle: string;
      /** relative to the home folder */
      readonly watch: readonly string[];
    }
  | { readonly kind: 'import_error'; readonly error: ImportError }
);

export interface LoadFolders {
  /** absolute paths */
  readonly dags: string;
  readonly bundles: string;
}

/**
 * Bundles and parses one DAG file.
 * @param file relative to the DAG folder
 * @param salt see bundleDagFile
 */
export async function loadDagFile(
  file: string,
  folders: LoadFolders,
  lane: ParseLane,
  salt: string,
): Promise<LoadedFile> {
  const path = join(folders.dags, file);
  const fail = (
    message: string,
    at: Partial<Place> | undefined,
    inputs: ReadonlyMap<string, string>,
  ): LoadedFile => {
    const elsewhere = at?.file !== undefined && at.file !== path;
    const where = elsewhere ? ` (in ${relative(folders.dags, at.file!)}:${at.line}:${at.column})` : '';
    const error = { file, message: message + where, line: at?.line, column: at?.column };
    return { kind: 'import_error', error, inputs };
  };

  const bundled = await bundleDagFile(path, bundleName(file), folders.bundles, salt);
  if (bundled.kind === 'failed') return fail(bundled.message, bundled, bundled.inputs);

  const { bundle, inputs } = bundled;
  const answer = await lane.parse({ kind: 'parse', bundle, file });
  if (answer.kind === 'parsed')
    return { kind: 'parsed', dags: answer.dags, watch: answer.watch, bundle, inputs };
  const at = answer.stack === undefined ? undefined : locate(answer.stack, path, [...inputs.keys()]);
  return fail(answer.message, at, inputs);
}

interface Place {
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
}
