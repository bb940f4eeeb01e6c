import type { TaskFunction } from './context.js';
import type { DagSettings } from './dag-options.js';
import type { TaskSettings } from './task-options.js';

/** A task of a DAG in the thread that loaded its file: settings, place in the graph, and the function itself. */
export interface DagTask {
  readonly taskId: string;
  /** direct upstream task ids, sorted */
  readonly upstream: readonly string[];
  readonly settings: TaskSettings;
  readonly run: TaskFunction;
}

const BRAND = Symbol.for('feast-scheduler.Dag');

/** A DAG in the thread that loaded its file; `DagSpec` is the part of it that travels. */
export interface Dag {
  readonly kind: 'dag';
  readonly [BRAND]: true;
  readonly dagId: string;
  readonly settings: DagSettings;
  /** in topological order */
  readonly tasks: readonly DagTask[];
  /** where `dag(…)` was called: its stack names the line when something is found wrong later */
  readonly site: Error;
}

/** Brands and freezes a DAG, so that any copy of this module knows it. */
export function brandDag(dag: Omit<Dag, typeof BRAND | 'kind'>): Dag {
  return Object.freeze({ kind: 'dag', [BRAND]: true, ...dag } as const);
}

/** Whether `value` was made by `dag(…)`, of this module copy or another (hence no instanceof). */
function isDag(value: unknown): value is Dag {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/**
 * The DAGs that a loaded DAG file exports: as default or by name, alone or in lists. One that is exported twice
 * counts once.
 */
export function collectDags(exports: Readonly<Record<string, unknown>>): Dag[] {
  const found = new Set<Dag>();
  for (const value of Object.values(exports)) collect(value, found, 2);
  return [...found];
}

/** `depth`: a CommonJS file's exports arrive as one object under `default`, and lists may stand in there. */
function collect(value: unknown, found: Set<Dag>, depth: number): void {
  if (isDag(value)) found.add(value);
  else if (depth > 0 && isContainer(value)) {
    for (const item of Object.values(value)) collect(item, found, depth - 1);
  }
}

function isContainer(value: unknown): value is object {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && isPlain(value));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
