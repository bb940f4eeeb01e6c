import type { Json } from '../codec/index.js';

export interface PropertyChange {
  /** the proto's field name, as Feast prints it */
  readonly name: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Fields that hold a data source, or something that holds one. */
const SOURCES = ['batch_source', 'stream_source', 'source', 'request_data_source', 'feature_view_projection'];

type JsonObject = { [key: string]: Json };

/** Not part of what was declared: when it was written, to whom it belongs, which Python class reads it. */
const IGNORED = ['project', 'meta', 'data_source_class_type'];
/** What an older Feast left unset. */
const DEFAULTS: JsonObject = { version: 'latest', ttl: '0s' };

/**
 * The fields in which two specs differ, and of each what differs in it, in what a user can declare: without times,
 * and without regard to the order of features. Feast: diff/registry_diff.py, diff_registry_objects.
 */
export function diffSpecs(before: JsonObject, after: JsonObject): PropertyChange[] {
  const [a, b] = [normalize(before), normalize(after)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => canonicalText(a[name]) !== canonicalText(b[name]))
    .map((name) => {
      const [before, after] = differences(a[name], b[name]);
      return { name, before, after };
    });
}

/** Names by which the parts of a spec are known; shown although they are equal. */
const IDENTITY = ['name', 'feature_view_name', 'feature_view_name_alias'];

/** The parts of two values in which they differ: of a long schema, the columns that changed. */
function differences(
  before: Json | undefined,
  after: Json | undefined,
): [Json | undefined, Json | undefined] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const [was, is] = [new Set(before.map(canonicalText)), new Set(after.map(canonicalText))];
    const gone = before.filter((element) => !is.has(canonicalText(element)));
    const come = after.filter((element) => !was.has(canonicalText(element)));
    // only the order differs
    if (gone.length === 0 && come.length === 0) return [before, after];
    if (gone.length !== come.length) return [gone, come];
    const pairs = gone.map((element, index) => differences(element, come[index]));
    return [pairs.map(([x]) => x!), pairs.map(([, y]) => y!)];
  }
  if (!isObject(before) || !isObject(after)) return [before, after];
  const [less, more]: [JsonObject, JsonObject] = [{}, {}];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const isEqual = canonicalText(before[key]) === canonicalText(after[key]);
    if (isEqual && !IDENTITY.includes(key)) continue;
    const [x, y] = isEqual ? [before[key], after[key]] : differences(before[key], after[key]);
    if (x !== undefined) less[key] = x;
    if (y !== undefined) more[key] = y;
  }
  return [less, more];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function normalize(spec: JsonObject): JsonObject {
  const kept: JsonObject = 'entities' in spec ? { ...DEFAULTS } : {};
  for (const [key, value] of Object.entries(spec)) {
    if (!IGNORED.includes(key)) kept[key] = normalizeField(key, value);
  }
  return kept;
}

function normalizeField(key: string, value: Json): Json {
  if (SOURCES.includes(key)) return normalize(value as JsonObject);
  // of an on-demand view: what it is built on, by name
  if (key === 'sources') {
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([name, source]) => [name, normalize(source as JsonObject)]),
    );
  }
  if (key === 'entities') return [...(value as string[])].sort();
  if (key !== 'features' && key !== 'entity_columns') return value;
  const elements = (value as Json[]).filter(isObject);
  // a saved dataset has references here
  if (elements.length === 0) return value;
  // a feature service has projections here, each with a source of its own
  if (elements.some((element) => 'feature_view_name' in element)) return elements.map(normalize);
  return [...elements].sort((x, y) => (String(x.name) < String(y.name) ? -1 : 1));
}

/** Text that is equal for equal values, whatever the order of keys. */
function canonicalText(value: Json | undefined): string {
  return JSON.stringify(value, (_key, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([x], [y]) => (x < y ? -1 : 1)))
      : part,
  );
}
