import { parseDuration } from '../../src/shared/duration.js';
import { CodedError } from '../../src/shared/errors.js';
import { didYouMean } from '../../src/shared/nearest.js';

/** Checks one option's value, as a user wrote it, and gives what the DAG keeps. `place` opens error messages. */
export type OptionCheck<T> = (value: unknown, place: string) => T;

/** An option: its check, and what it is where the user does not give it. */
interface Option<T> {
  readonly check: OptionCheck<T>;
  readonly absent: T;
}

export type OptionTable<Settings> = { readonly [Name in keyof Settings]: Option<Settings[Name]> };

/**
 * Reads the options of a DAG or a task: each is checked, the absent ones get their default.
 * @param place opens error messages: `dag "sales"`
 * @throws CodedError DAG_UNKNOWN_OPTION, DAG_INVALID, DURATION_INVALID
 */
export function readOptions<Settings>(
  options: unknown,
  table: OptionTable<Settings>,
  place: string,
): Settings {
  const given = readObject(options, place);
  for (const name of Object.keys(given)) {
    if (name in table) continue;
    const known = didYouMean(name, Object.keys(table));
    throw new CodedError('DAG_UNKNOWN_OPTION', `${place}: unknown option "${name}".${known}`);
  }
  const settings: Partial<Settings> = {};
  for (const name of Object.keys(table) as (keyof Settings & string)[]) {
    const value = given[name];
    const option = table[name];
    settings[name] = value === undefined ? option.absent : option.check(value, `${place}, ${name}`);
  }
  return Object.freeze(settings as Settings);
}

/** The error for a value that is not what an option takes. */
export function invalidOption(value: unknown, place: string, expected: string): CodedError {
  return new CodedError('DAG_INVALID', `${place}: ${show(value)} is not ${expected}`);
}

/** A value in an error message: JSON where there is some, else what kind of thing it is. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'an object that is not JSON';
  }
}

function readObject(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalidOption(value, `${place}, options`, 'an object of options');
}

export function wholeNumber(least: number): OptionCheck<number> {
  return (value, place) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    throw invalidOption(value, place, `a whole number of at least ${least}`);
  };
}

export const wholeNumberOfAnySign: OptionCheck<number> = (value, place) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw invalidOption(value, place, 'a whole number');
};

export const yesOrNo: OptionCheck<boolean> = (value, place) => {
  if (typeof value === 'boolean') return value;
  throw invalidOption(value, place, 'true or false');
};

export const text: OptionCheck<string> = (value, place) => {
  if (typeof value === 'string') return value;
  throw invalidOption(value, place, 'a text');
};

export const texts: OptionCheck<readonly string[]> = (value, place) => {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return Object.freeze([...value]);
  throw invalidOption(value, place, 'a list of texts');
};

/** Milliseconds; `null` says "no limit" as leaving the option out does. */
export const durationOrNone: OptionCheck<number | null> = (value, place) =>
  value === null ? null : duration(value, place);

export const duration: OptionCheck<number> = (value, place) => {
  if (typeof value === 'number' || typeof value === 'string') return parseDuration(value, place);
  throw invalidOption(
    value,
    place,
    'a duration: milliseconds or a text such as "30s", "5m", "1h30m" or "2d"',
  );
};

export function oneOf<T extends string>(words: readonly T[]): OptionCheck<T> {
  return (value, place) => {
    if (words.includes(value as T)) return value as T;
    const known = typeof value === 'string' ? didYouMean(value, words) : '';
    throw new CodedError(
      'DAG_INVALID',
      `${place}: ${show(value)} is not one of ${words.join(', ')}.${known}`,
    );
  };
}
