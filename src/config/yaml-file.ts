import { isMap, isScalar, LineCounter, type ParsedNode, parseDocument, visit } from 'yaml';
import { CodedError } from '../shared/errors.js';
import type { ConfigSection } from './section.js';

/**
 * `$NAME` and `${NAME}` replaced from `env`, in the raw text as Feast does (Python's os.path.expandvars); names
 * that are not set stay as they are.
 */
export function expandVariables(text: string, env: NodeJS.ProcessEnv): string {
  return text.replace(
    /\$(?:(\w+)|\{(\w+)\})/g,
    (whole, bare, braced) => env[(bare ?? braced) as string] ?? whole,
  );
}

/**
 * Parses the text of a feature_store.yaml into a section that knows its lines.
 *
 * A `${NAME}` that is left over is an error (Feast passes it on literally, and the failure comes later and
 * elsewhere); a `$NAME` is not: it may be part of a password.
 * @param file the file's name, for messages
 * @throws CodedError CONFIG_SYNTAX, CONFIG_UNSET_VARIABLE, CONFIG_INVALID_VALUE
 */
export function parseYaml(text: string, file: string, env: NodeJS.ProcessEnv = process.env): ConfigSection {
  const lines = new LineCounter();
  const document = parseDocument(expandVariables(text, env), { lineCounter: lines, prettyErrors: true });
  const problem = document.errors[0];
  if (problem !== undefined) {
    throw new CodedError('CONFIG_SYNTAX', `${file}: ${problem.message}`, { cause: problem });
  }
  const lineAt = (offset: number | undefined) =>
    offset === undefined ? undefined : lines.linePos(offset).line;
  visit(document, {
    Scalar(_, node) {
      const unset = typeof node.value === 'string' ? /\$\{(\w+)\}/.exec(node.value) : null;
      if (unset !== null) {
        throw new CodedError(
          'CONFIG_UNSET_VARIABLE',
          `${file} line ${lineAt(node.range?.[0])}: the environment variable ${unset[1]} is not set; set it, or write the value in place of ${unset[0]}`,
        );
      }
    },
  });
  const root = document.contents;
  if (!isMap(root)) {
    throw new CodedError(
      'CONFIG_INVALID_VALUE',
      `${file}: expected a mapping of keys such as "project: my_project"`,
    );
  }
  return {
    path: '',
    values: document.toJS() as Record<string, unknown>,
    file,
    lineOf: (keys) => lineAt(offsetOf(root, keys)),
  };
}

/** Where the last of `keys` that exists begins. */
function offsetOf(root: ParsedNode, keys: readonly PropertyKey[]): number | undefined {
  let node: ParsedNode | null = root;
  let offset: number | undefined;
  for (const key of keys) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
    if (pair === undefined) break;
    offset = (pair.key as ParsedNode).range?.[0];
    node = pair.value as ParsedNode | null;
  }
  return offset;
}
