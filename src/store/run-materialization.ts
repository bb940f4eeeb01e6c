import { nowMicros } from '../codec/index.js';
import {
  type MaterializationPlan,
  type MaterializationResult,
  materializeView,
  type PlannedView,
} from '../materialization/index.js';
import type { OfflineStore } from '../offline/offline-store.js';
import type { OnlineStore } from '../online/online-store.js';
import { materializationScope, type Registry, recordMaterialization } from '../registry/index.js';
import { mapConcurrently } from '../shared/concurrency.js';
import { CodedError, isCodedError, messageOf } from '../shared/errors.js';
import { MaterializationFailed, type MaterializeResult, type RunOptions } from './materialize-options.js';

/** Where a materialization reads, writes and records. */
export interface MaterializationStores {
  readonly project: string;
  readonly registry: Registry;
  readonly offline: OfflineStore;
  readonly online: OnlineStore;
}

/**
 * Carries out a plan, `parallelism` views at a time; each interval is recorded once the last row of its view is
 * written. A view that fails does not stop the others.
 * @throws CodedError MATERIALIZATION_FAILED with what became of the others (`partialResultOf`),
 *   MATERIALIZATION_ABORTED, MATERIALIZATION_OPTION
 */
export async function runMaterialization(
  plan: MaterializationPlan,
  stores: MaterializationStores,
  options: RunOptions,
): Promise<MaterializeResult> {
  const parallelism = options.parallelism ?? 1;
  if (!Number.isInteger(parallelism) || parallelism < 1) {
    throw new CodedError(
      'MATERIALIZATION_OPTION',
      `parallelism: ${parallelism}; expected how many views are materialized at a time, a whole number from 1`,
    );
  }
  const outcomes = await mapConcurrently(plan.views, parallelism, (planned) =>
    runView(planned, stores, options),
  );
  const views: MaterializationResult[] = [];
  const failed: { readonly view: string; readonly error: unknown }[] = [];
  outcomes.forEach((outcome, i) => {
    if (outcome.status === 'fulfilled') views.push(outcome.value);
    else failed.push({ view: plan.views[i]!.view.name, error: outcome.reason });
  });
  const failures = failed.map(({ view, error }) => ({
    view,
    code: isCodedError(error) ? error.code : undefined,
    message: messageOf(error),
  }));
  const result = { views, upToDate: plan.upToDate.map((view) => view.name), failures };
  const [first] = failed;
  if (first === undefined) return result;
  if (failures.every(({ code }) => code === 'MATERIALIZATION_ABORTED')) throw first.error;
  throw new MaterializationFailed(result, plan.views.length, first.error);
}

async function runView(
  { view, interval }: PlannedView,
  { project, registry, offline, online }: MaterializationStores,
  { signal, onProgress }: RunOptions,
): Promise<MaterializationResult> {
  const recordInterval = async (): Promise<void> => {
    await registry.change(
      (draft) => recordMaterialization(draft, project, view.name, interval, nowMicros()),
      materializationScope(project, view.name),
    );
  };
  return materializeView({ project, view, offline, online, interval, signal, onProgress, recordInterval });
}
