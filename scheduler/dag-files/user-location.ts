import { fileURLToPath } from 'node:url';

/** A place in a user's source, 1-based. */
export interface UserLocation {
  /** absolute path */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The places that a stack names, innermost first. Stacks are already in terms of the sources (source maps). */
function readStack(stack: string): UserLocation[] {
  const places: UserLocation[] = [];
  for (const [, where, line, column] of stack.matchAll(
    /^\s+at .*?\(?((?:file:\/\/)?\/[^()\n]*?):(\d+):(\d+)\)?$/gm,
  )) {
    const file = where!.startsWith('file:') ? fileURLToPath(where!) : where!;
    places.push({ file, line: Number(line), column: Number(column) });
  }
  return places;
}

/** The innermost place of a stack that lies in one of `files`, the DAG file itself before what it imports. */
export function locate(stack: string, dagFile: string, files: readonly string[]): UserLocation | undefined {
  const places = readStack(stack);
  return places.find(({ file }) => file === dagFile) ?? places.find(({ file }) => files.includes(file));
}
