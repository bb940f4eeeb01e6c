import type { Codec } from '../codec/feast.js';
import { type Json, toJson } from '../codec/index.js';

export interface PropertyChange {
  /** the proto's field name, as Feast prints it */
  readonly name: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

type JsonObject = { [key: string]: Json };

/** Not part of what was declared: when it was written, to whom it belongs, which Python class reads it. */
const IGNORED = ['project', 'meta', 'data_source_class_type'];
/** What an older Feast left unset. */
const DEFAULTS: JsonObject = { version: 'latest', ttl: '0s' };

/**
 * The fields in which two specs differ, in what a user can declare: without times, and without regard to the order
 * of features. Feast: diff/registry_diff.py, diff_registry_objects.
 */
export function diffSpecs<Input, Message>(
  codec: Codec<Input, Message>,
  before: NoInfer<Input>,
  after: NoInfer<Input>,
): PropertyChange[] {
  const [a, b] = [normalize(toJson(codec, before)), normalize(toJson(codec, after))];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => canonicalText(a[name]) !== canonicalText(b[name]))
    .map((name) => ({ name, before: a[name], after: b[name] }));
}

function normalize(spec: JsonObject): JsonObject {
  const kept: JsonObject = 'entities' in spec ? { ...DEFAULTS } : {};
  for (const [key, value] of Object.entries(spec)) {
    if (!IGNORED.includes(key)) kept[key] = normalizeField(key, value);
  }
  return kept;
}

function normalizeField(key: string, value: Json): Json {
  if (key === 'batch_source' || key === 'stream_source') return normalize(value as JsonObject);
  if (key === 'entities') return [...(value as string[])].sort();
  if (key !== 'features' && key !== 'entity_columns') return value;
  const elements = value as JsonObject[];
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
