import { createHash } from 'node:crypto';
import type { DagSpec } from './spec.js';

/** The version of a DAG: a hash over all of its definition, the same in whatever order keys stand. */
export function hashDag(spec: Omit<DagSpec, 'version'>): string {
  return createHash('sha256').update(JSON.stringify(spec, sortKeys)).digest('hex').slice(0, 16);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
