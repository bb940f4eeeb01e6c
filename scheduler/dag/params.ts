import { CodedError } from '../../src/shared/errors.js';
import { didYouMean } from '../../src/shared/nearest.js';
import { show } from './option.js';

const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const;
type JsonType = (typeof TYPES)[number];

/** What a param may be: the part of JSON Schema that tells one value from another, in its words. */
export interface ParamSchema {
  readonly type: JsonType | readonly JsonType[];
  /** the values it may have */
  readonly enum?: readonly unknown[];
  /** absent: whoever triggers a run must give it */
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** a regular expression that matches somewhere in the text */
  readonly pattern?: string;
  readonly title?: string;
  readonly description?: string;
}

const KEYS = 'type enum default minimum maximum minLength maxLength pattern title description'.split(' ');

type Values = Readonly<Record<string, unknown>>;
export type ParamSchemas = Readonly<Record<string, ParamSchema>>;

const typesOf = ({ type }: ParamSchema): readonly unknown[] => (Array.isArray(type) ? type : [type]);

/** An object whose `type` is one of JSON's, and that has keys of a schema only; any other is a default. */
function isSchema(value: unknown): value is ParamSchema {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const types = typesOf(value as ParamSchema);
  return (
    types.length > 0 &&
    types.every((type) => TYPES.includes(type as JsonType)) &&
    Object.keys(value).every((key) => KEYS.includes(key))
  );
}

function typeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as JsonType;
}

function checkPattern({ pattern }: ParamSchema, place: string): void {
  if (pattern === undefined) return;
  try {
    new RegExp(pattern, 'u');
  } catch (cause) {
    throw new CodedError('DAG_INVALID', `${place}, pattern: ${show(pattern)} is not a regular expression`, {
      cause,
    });
  }
}

/** Why a value does not fit; undefined: it does. */
function misfit(value: unknown, schema: ParamSchema): string | undefined {
  const types = typesOf(schema);
  const fits = types.includes(typeOf(value)) || (types.includes('integer') && Number.isInteger(value));
  if (!fits) return `is not of type ${types.join(' or ')}`;
  if (schema.enum && !schema.enum.some((one) => JSON.stringify(one) === JSON.stringify(value))) {
    return `is not one of ${schema.enum.map(show).join(', ')}`;
  }
  const { minimum = -Infinity, maximum = Infinity, minLength = 0, maxLength = Infinity, pattern } = schema;
  if (typeof value === 'number') {
    if (value < minimum) return `is less than ${minimum}`;
    if (value > maximum) return `is more than ${maximum}`;
  }
  if (typeof value === 'string') {
    if (value.length < minLength) return `is shorter than ${minLength} characters`;
    if (value.length > maxLength) return `is longer than ${maxLength} characters`;
    if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return `does not match ${pattern}`;
  }
  return undefined;
}

/**
 * Splits what a DAG declares as params: schemas, and the values that a run has unless told otherwise.
 * @param place opens error messages: `dag "sales", params`
 * @throws CodedError DAG_INVALID where a default does not fit its own schema, or a pattern is none
 */
export function readParams(
  declared: Values,
  place: string,
): { readonly values: Values; readonly schemas: ParamSchemas } {
  const schemas: Record<string, ParamSchema> = {};
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(declared)) {
    if (!isSchema(value)) {
      values[name] = value;
      continue;
    }
    schemas[name] = value;
    checkPattern(value, `${place}, ${name}`);
    if (value.default === undefined) continue;
    const why = misfit(value.default, value);
    if (why !== undefined)
      throw new CodedError('DAG_INVALID', `${place}, ${name}: its default ${show(value.default)} ${why}`);
    values[name] = value.default;
  }
  return { values, schemas };
}

/** The params that must be given, for they have no default. */
export function requiredParams(schemas: ParamSchemas): string[] {
  return Object.keys(schemas).filter((name) => schemas[name]!.default === undefined);
}

/**
 * The params of a run: those given laid over the DAG's.
 * @throws CodedError PARAM_INVALID naming every param that does not fit; one that the DAG does not know is refused
 * where the DAG declares any by schema
 */
export function resolveParams(
  {
    dagId,
    params,
    paramSchemas = {},
  }: { readonly dagId: string; readonly params: Values; readonly paramSchemas?: ParamSchemas },
  given: Values = {},
): Values {
  const all = { ...params, ...given };
  const known = Object.keys({ ...params, ...paramSchemas });
  const problems: string[] = [];
  for (const [name, schema] of Object.entries(paramSchemas)) {
    const why = name in all ? misfit(all[name], schema) : undefined;
    if (!(name in all)) problems.push(`${name} is required`);
    else if (why !== undefined) problems.push(`${name}: ${show(all[name])} ${why}`);
  }
  for (const name of Object.keys(given)) {
    if (Object.keys(paramSchemas).length === 0 || known.includes(name)) continue;
    problems.push(`${name} is not a param of this DAG.${didYouMean(name, known)}`);
  }
  if (problems.length === 0) return all;
  throw new CodedError('PARAM_INVALID', `The params do not fit DAG "${dagId}": ${problems.join('; ')}`);
}
