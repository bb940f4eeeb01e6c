import type { ApplyPlan, PlanJson } from '../apply/index.js';
import type { Logger } from '../shared/logger.js';

export interface OpenOptions {
  /** another file than the folder's feature_store.yaml */
  readonly file?: string | undefined;
  /** default: warnings and errors to standard error */
  readonly log?: Logger;
  /** whom the registry's history names; default: FEAST_USER, or user@host */
  readonly user?: string | undefined;
}

export interface FeatureStoreOptions extends OpenOptions {
  /**
   * folder, relative to the working directory or absolute; or the keys of feature_store.yaml, whose relative paths
   * start at the working directory
   */
  readonly config: string | Record<string, unknown>;
}

export interface ApplyOptions {
  /** look whether data sources exist and hold the declared columns; default true */
  readonly validateSources?: boolean;
  /**
   * whether changes that lose materialized data may be made; default false, so that no scheduled apply drops what
   * nobody meant to drop: it fails with DESTRUCTIVE_CHANGE, which lists the losses
   */
  readonly allowDestructive?: boolean;
}

export interface PlanResult {
  readonly plan: ApplyPlan;
  /** the plan as Feast prints it */
  readonly lines: readonly string[];
  /** the plan for programs */
  readonly json: PlanJson;
  /** what apply would lose, a line each; empty: nothing */
  readonly losses: readonly string[];
}

export interface ApplyResult extends PlanResult {
  /** false: everything was as declared already, and nothing was written */
  readonly changed: boolean;
}
