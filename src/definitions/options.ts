import { type Duration, parseDuration } from '../shared/duration.js';
import { CodedError, isCodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';
import type { Named } from './definitions.js';
import { isFeastType } from './types.js';

/** Says what was expected where a value is not it; undefined where the value will do. */
export type Check = (value: unknown) => string | undefined;

export const isText: Check = (value) => (typeof value === 'string' ? undefined : 'a text');
export const isName: Check = (value) =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'a text that is not empty';
export const isFlag: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');

export const isTextMap: Check = (value) =>
  isRecord(value) && Object.values(value).every((v) => typeof v === 'string')
    ? undefined
    : 'an object whose values are texts';

export const isDuration: Check = (value) => {
  try {
    parseDuration(value as Duration, '');
    return undefined;
  } catch (error) {
    if (isCodedError(error, 'DURATION_INVALID'))
      return 'a duration: milliseconds or a text such as "2h", "1d"';
    throw error;
  }
};

export const isSchema: Check = (value) =>
  Array.isArray(value) && value.every((f) => isName(f?.name) === undefined && isFeastType(f?.dtype))
    ? undefined
    : 'a list of what field() returns';

export const isNameList: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((name) => isName(name) === undefined)
    ? undefined
    : 'a list of names, at least one';

/** One of these texts. */
export const isOneOf =
  (values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string) ? undefined : `one of ${values.join(', ')}`;

/** A list of objects of these kinds, as the factories return them. */
export const isListOf =
  (kinds: readonly string[], factories: string): Check =>
  (value) =>
    Array.isArray(value) && value.every((element) => kinds.includes(kindOf(element) ?? ''))
      ? undefined
      : `a list of what ${factories} returns`;

/** The options that every named object takes. */
export const NAMED_CHECKS = {
  description: isText,
  tags: isTextMap,
  owner: isText,
} as const satisfies Record<string, Check>;

export interface NamedOptions {
  description?: string;
  tags?: Readonly<Record<string, string>>;
  owner?: string;
}

/**
 * Checks what a factory was called with: JavaScript callers have no compiler, and a typing mistake in an option
 * must not pass.
 * @param what the object in messages: `entity`, made precise by its name where it has one
 * @param required option names that must be there
 * @throws CodedError DEFINITION_INVALID
 */
export function checkOptions(
  what: string,
  options: unknown,
  checks: Readonly<Record<string, Check>>,
  required: readonly string[],
): void {
  if (!isRecord(options)) throw invalid(what, `takes one object of options, found ${show(options)}`);
  const name = options.name ?? options.path;
  const place = typeof name === 'string' && name !== '' ? `${what} "${name}"` : what;
  for (const [key, value] of Object.entries(options)) {
    const check = checks[key];
    if (check === undefined) {
      throw invalid(place, `unknown option "${key}".${didYouMean(key, Object.keys(checks))}`);
    }
    const expected = value === undefined ? undefined : check(value);
    if (expected !== undefined) {
      throw invalid(place, `option "${key}" must be ${expected}, found ${show(value)}`);
    }
  }
  for (const key of required) {
    if (options[key] === undefined) throw invalid(place, `option "${key}" is missing, but required`);
  }
}

/** A CodedError DEFINITION_INVALID that starts with the object it is about. */
export function invalid(place: string, message: string): CodedError {
  return new CodedError('DEFINITION_INVALID', `${place}: ${message}`);
}

/** The part that all named objects share, with defaults. */
export function named(name: string, options: NamedOptions): Named {
  return {
    name,
    description: options.description ?? '',
    tags: { ...options.tags },
    owner: options.owner ?? '',
  };
}

/** Freezes plain data through and through. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

function kindOf(value: unknown): string | undefined {
  return isRecord(value) && typeof value.kind === 'string' ? value.kind : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return kindOf(value) ?? 'an object';
  return typeof value === 'function' ? 'a function' : JSON.stringify(value);
}
