import type { z } from 'zod';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';

/** A mapping of a YAML file that knows where it stands, so that whoever reads it can say what is wrong and where. */
export interface ConfigSection {
  /** dotted path of keys from the top of the file: '' for the whole file, `online_store` */
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** file name for messages; undefined for configuration given in code */
  readonly file: string | undefined;
  /** 1-based line of a key below this section; undefined where nothing tells */
  lineOf(keys: readonly PropertyKey[]): number | undefined;
}

/** A section for configuration that was given in code. */
export function sectionOf(values: Record<string, unknown>, path = ''): ConfigSection {
  return { path, values, file: undefined, lineOf: () => undefined };
}

/** The section below `key`, which must hold a mapping. */
export function subsection(section: ConfigSection, key: string): ConfigSection {
  const path = section.path === '' ? key : `${section.path}.${key}`;
  const values = section.values[key];
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw configError('CONFIG_INVALID_VALUE', section, [key], `expected a mapping, found ${show(values)}`);
  }
  return {
    path,
    values: values as Record<string, unknown>,
    file: section.file,
    lineOf: (keys) => section.lineOf([key, ...keys]),
  };
}

/** A CodedError that starts with the place: `feature_store.yaml line 4: online_store.pth: …`. */
export function configError(
  code: 'CONFIG_INVALID_VALUE' | 'CONFIG_MISSING_KEY' | 'CONFIG_UNKNOWN_KEY' | 'CONFIG_UNSUPPORTED',
  section: ConfigSection,
  keys: readonly PropertyKey[],
  message: string,
): CodedError {
  const line = section.lineOf(keys);
  const place = `${section.file ?? 'configuration'}${line === undefined ? '' : ` line ${line}`}`;
  const key = [...(section.path === '' ? [] : [section.path]), ...keys.map(String)].join('.');
  return new CodedError(code, `${place}: ${key}: ${message}`);
}

/**
 * Parses a section strictly: the value typed and with defaults filled in, or an error that names the key, the
 * line and, for an unknown key, the nearest known one.
 * @param schema a `z.strictObject`
 * @throws CodedError CONFIG_UNKNOWN_KEY, CONFIG_MISSING_KEY, CONFIG_INVALID_VALUE
 */
export function parseSection<Schema extends z.ZodObject>(
  section: ConfigSection,
  schema: Schema,
): z.infer<Schema> {
  const result = schema.safeParse(section.values);
  if (result.success) return result.data;
  // an unknown key first: it is most often the reason why another is missing
  const issues = [...result.error.issues].sort((a, b) => rank(a) - rank(b));
  const issue = issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const known = issue.path.length === 0 ? Object.keys(schema.shape) : [];
    throw configError(
      'CONFIG_UNKNOWN_KEY',
      section,
      [...issue.path, key],
      `unknown key.${didYouMean(key, known)}`,
    );
  }
  const value = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown>)?.[key],
    section.values,
  );
  if (value === undefined)
    throw configError('CONFIG_MISSING_KEY', section, issue.path, 'missing, but required');
  const what = issue.message.replace(/^Invalid (input|option): /, '').replace(/, received .*$/, '');
  throw configError('CONFIG_INVALID_VALUE', section, issue.path, `${what}, found ${show(value)}`);
}

function rank(issue: z.core.$ZodIssue): number {
  return issue.code === 'unrecognized_keys' ? 0 : 1;
}

/** A value for a message; never a whole mapping, which may hold credentials. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return JSON.stringify(value);
}
