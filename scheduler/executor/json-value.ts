import { CodedError } from '../../src/shared/errors.js';

/**
 * What a task returned, as JSON text; undefined stays undefined. Refuses whatever JSON would lose or change
 * silently, except what is usual: undefined properties are left out, dates become ISO texts, objects with
 * toJSON() become what that returns.
 * @throws CodedError TASK_RESULT_NOT_JSON, saying where in the value
 */
export function toJsonText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  check(value, 'the result', []);
  return JSON.stringify(value);
}

function check(value: unknown, place: string, ancestors: readonly object[]): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      throw refuse(place, `is ${value}`);
    case 'object':
      if (value !== null) checkObject(value, place, ancestors);
      return;
    case 'bigint':
      throw refuse(place, `is the BigInt ${value}n; return a number or a text`);
    default:
      throw refuse(place, `is a ${typeof value}`);
  }
}

function checkObject(value: object, place: string, ancestors: readonly object[]): void {
  if (ancestors.includes(value)) throw refuse(place, 'refers back to an object that holds it');
  const inside = [...ancestors, value];
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    check(value.toJSON(), place, inside);
    return;
  }
  const type = Object.prototype.toString.call(value).slice(8, -1);
  if (type !== 'Object' && type !== 'Array')
    throw refuse(place, `is a ${type}; return plain objects and lists`);
  for (const [key, item] of Object.entries(value)) {
    const name = Array.isArray(value) ? `[${key}]` : `.${key}`;
    check(item, place + name, inside);
  }
}

function refuse(place: string, what: string): CodedError {
  return new CodedError(
    'TASK_RESULT_NOT_JSON',
    `${place} ${what}, which JSON cannot hold; a task returns JSON values, or nothing`,
  );
}
