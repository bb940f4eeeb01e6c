/** `feast-scheduler/dag`: what a DAG file imports. */
export type { Duration } from '../../src/shared/duration.js';
export type { DagBuilder, TaskHandle, TaskList } from './builder.js';
export type { DataInterval, Progress, RunType, TaskContext, TaskFunction } from './context.js';
export { dag } from './dag.js';
export type { Dag } from './dag-object.js';
export type { DagOptions, Schedule } from './dag-options.js';
export type { TriggerRule } from './spec.js';
export type { TaskOptions } from './task-options.js';
