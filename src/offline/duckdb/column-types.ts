import type { FeastType } from '../../definitions/index.js';
import { literal } from './sql.js';

/** Types of event and created time columns; all compare directly with a literal of their own type. */
const TIMESTAMP_TYPES = new Set([
  'TIMESTAMP',
  'TIMESTAMP_S',
  'TIMESTAMP_MS',
  'TIMESTAMP_NS',
  'TIMESTAMP WITH TIME ZONE',
  'DATE',
]);

const INTEGERS = new Set([
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'HUGEINT',
  'UHUGEINT',
]);

/** Integer types whose every value fits, by the DuckDB type asked for. */
const FITTING: Record<string, ReadonlySet<string>> = {
  INTEGER: new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT']),
  BIGINT: new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER']),
};

const FEAST_TYPES: Record<string, FeastType> = {
  TINYINT: 'Int32',
  SMALLINT: 'Int32',
  INTEGER: 'Int32',
  UTINYINT: 'Int32',
  USMALLINT: 'Int32',
  UINTEGER: 'Int64',
  BIGINT: 'Int64',
  DOUBLE: 'Float64',
  FLOAT: 'Float32',
  BOOLEAN: 'Bool',
  VARCHAR: 'String',
  BLOB: 'Bytes',
  UUID: 'Uuid',
  JSON: 'Json',
};

export function isTimestampType(type: string): boolean {
  return TIMESTAMP_TYPES.has(type);
}

/** The Feast type of a DuckDB type as DESCRIBE prints it; undefined where there is none. */
export function feastTypeOfDuckDB(type: string): FeastType | undefined {
  const element = elementType(type);
  if (element !== undefined) {
    if (elementType(element) !== undefined) return 'ValueList';
    const inner = feastTypeOfDuckDB(element);
    return inner === undefined ? undefined : (`Array(${inner})` as FeastType);
  }
  if (isTimestampType(type)) return 'UnixTimestamp';
  if (type.startsWith('ENUM(')) return 'String';
  if (type.startsWith('DECIMAL(')) return 'Decimal';
  if (type.startsWith('MAP(')) return 'Map';
  if (type.startsWith('STRUCT(')) return 'Struct';
  return FEAST_TYPES[type];
}

/** `FLOAT[]` and `FLOAT[3]` → `FLOAT`; undefined for a type that is no list. */
function elementType(type: string): string | undefined {
  return /^(.+)\[\d*\]$/s.exec(type)?.[1];
}

/**
 * SQL that turns a column into the canonical form of a Feast type (what read-batches reads), or undefined where
 * the types do not fit. Values that may not fit are checked: the query then fails and names column and value.
 * @param expression the column, as SQL
 * @param type its DuckDB type as DESCRIBE prints it
 * @param name the column's name, for the message
 */
export function castToFeast(
  expression: string,
  type: string,
  target: FeastType,
  name: string,
): string | undefined {
  const element = elementType(type);
  const wanted = /^(?:Array|Set)\((\w+)\)$/.exec(target)?.[1] as FeastType | undefined;
  if (wanted !== undefined) {
    if (element === undefined) return undefined;
    const inner = castToFeast('x', element, wanted, name);
    if (inner === undefined) return undefined;
    if (inner === 'x' && type.endsWith('[]')) return expression;
    return `list_transform(CAST(${expression} AS ${element}[]), lambda x: ${inner})`;
  }
  switch (target) {
    case 'Int32':
      return toInteger(expression, type, 'INTEGER', target, name);
    case 'Int64':
      return toInteger(expression, type, 'BIGINT', target, name);
    case 'Float64':
      return isNumber(type) ? castUnlessSame(expression, type, 'DOUBLE') : undefined;
    case 'Float32':
      if (!isNumber(type)) return undefined;
      if (type === 'FLOAT') return expression;
      return checkedCast(expression, 'FLOAT', target, name);
    case 'Bool':
      return type === 'BOOLEAN' ? `CAST(${expression} AS UTINYINT)` : undefined;
    case 'String':
      return type === 'VARCHAR' || type === 'JSON' || type === 'UUID' || type.startsWith('ENUM(')
        ? castUnlessSame(expression, type, 'VARCHAR')
        : undefined;
    case 'Bytes':
      return type === 'BLOB' ? expression : type === 'VARCHAR' ? `encode(${expression})` : undefined;
    case 'UnixTimestamp':
      if (INTEGERS.has(type)) return toInteger(expression, type, 'BIGINT', target, name);
      // rounded down, also before 1970
      return isTimestampType(type) ? `CAST(epoch(date_trunc('second', ${expression})) AS BIGINT)` : undefined;
    case 'Uuid':
    case 'TimeUuid':
      return type === 'UUID' || type === 'VARCHAR' ? castUnlessSame(expression, type, 'VARCHAR') : undefined;
    case 'Decimal':
      return type.startsWith('DECIMAL(') || type === 'VARCHAR' || INTEGERS.has(type)
        ? castUnlessSame(expression, type, 'VARCHAR')
        : undefined;
    case 'Json':
      if (type === 'VARCHAR' || type === 'JSON') return castUnlessSame(expression, type, 'VARCHAR');
      return `CAST(to_json(${expression}) AS VARCHAR)`;
    case 'Map':
    case 'Struct':
      if (type === 'JSON' || type === 'VARCHAR') return castUnlessSame(expression, type, 'VARCHAR');
      return /^(MAP|STRUCT)\(/.test(type) ? `CAST(to_json(${expression}) AS VARCHAR)` : undefined;
    default:
      return undefined;
  }
}

function isNumber(type: string): boolean {
  return type === 'DOUBLE' || type === 'FLOAT' || type.startsWith('DECIMAL(') || INTEGERS.has(type);
}

function castUnlessSame(expression: string, type: string, target: string): string {
  return type === target ? expression : `CAST(${expression} AS ${target})`;
}

/** pandas writes integers with gaps as floats: whole floats are taken, NaN is null, a fraction is an error. */
function toInteger(
  expression: string,
  type: string,
  duckType: 'INTEGER' | 'BIGINT',
  target: FeastType,
  name: string,
): string | undefined {
  if (FITTING[duckType]!.has(type)) return castUnlessSame(expression, type, duckType);
  if (INTEGERS.has(type)) return checkedCast(expression, duckType, target, name);
  if (type !== 'DOUBLE' && type !== 'FLOAT' && !type.startsWith('DECIMAL(')) return undefined;
  const isGap = type.startsWith('DECIMAL(') ? 'false' : `isnan(${expression})`;
  return `CASE WHEN ${expression} IS NULL OR ${isGap} THEN NULL WHEN ${expression} = trunc(${expression}) THEN ${checkedCast(expression, duckType, target, name)} ELSE ${misfit(expression, target, name)} END`;
}

function checkedCast(expression: string, duckType: string, target: FeastType, name: string): string {
  const cast = `TRY_CAST(${expression} AS ${duckType})`;
  return `CASE WHEN ${expression} IS NOT NULL AND ${cast} IS NULL THEN ${misfit(expression, target, name)} ELSE ${cast} END`;
}

/** What the error mapping looks for, to tell a misfit from a failure of the store. */
export const MISFIT = 'value does not fit: ';

function misfit(expression: string, target: FeastType, name: string): string {
  return `error(${literal(`${MISFIT}column "${name}" holds `)} || ${expression}::VARCHAR || ${literal(`, which is no ${target}`)})`;
}
