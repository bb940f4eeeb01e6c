import { nowMicros } from '../codec/index.js';
import type { FeatureView, Interval } from '../definitions/index.js';
import {
  type MaterializationRequest,
  type MaterializationResult,
  materializeWindows,
  type PlannedView,
  planMaterialization,
} from '../materialization/index.js';
import type { OfflineStore } from '../offline/offline-store.js';
import type { OnlineStore } from '../online/online-store.js';
import { materializedIntervals, type Registry, recordMaterialization } from '../registry/index.js';
import { mapConcurrently } from '../shared/concurrency.js';
import { parseDuration } from '../shared/duration.js';
import { CodedError, isCodedError, messageOf } from '../shared/errors.js';
import { MaterializationFailed, type MaterializeResult, type RunOptions } from './materialize-options.js';

/** Where a materialization reads, writes and records. */
export interface MaterializationStores {
  readonly project: string;
  readonly registry: Registry;
  readonly offline: OfflineStore;
  readonly online: OnlineStore;
}

/** What is asked for; the rest of a request is told from the registry and the options. */
export type MaterializationWindow =
  | { readonly kind: 'full'; readonly start: Date | string; readonly end: Date | string }
  | { readonly kind: 'incremental'; readonly end: Date | string | undefined }
  | {
      readonly kind: 'gaps';
      readonly start: Date | string | undefined;
      readonly end: Date | string | undefined;
    };

/** The recorded intervals of a project's views, as they are now. */
export async function readIntervals(
  project: string,
  registry: Registry,
): Promise<(view: FeatureView) => readonly Interval[]> {
  registry.refresh();
  const contents = await registry.contents();
  return (view) => materializedIntervals(contents, project, view.name);
}

/**
 * Plans a materialization and carries it out, `parallelism` views at a time; each window is recorded once its last
 * row is written. A view that fails does not stop the others.
 * @throws CodedError MATERIALIZATION_FAILED with what became of the others (`partialResultOf`),
 *   MATERIALIZATION_ABORTED, MATERIALIZATION_OPTION, and those of planMaterialization
 */
export async function runMaterialization(
  window: MaterializationWindow,
  stores: MaterializationStores,
  options: RunOptions,
): Promise<MaterializeResult> {
  const { project, registry } = stores;
  const parallelism = parallelismOf(options);
  const chunkMs = options.chunk === undefined ? undefined : parseDuration(options.chunk, 'chunk');
  const intervalsOf = await readIntervals(project, registry);
  const plan = planMaterialization({
    ...window,
    views: await registry.list('feature_view', project),
    names: options.views,
    now: new Date(),
    allowFutureEnd: options.force ?? false,
    chunkMs,
    intervalsOf,
  } as MaterializationRequest);
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

function parallelismOf({ parallelism = 1 }: RunOptions): number {
  if (Number.isInteger(parallelism) && parallelism >= 1) return parallelism;
  throw new CodedError(
    'MATERIALIZATION_OPTION',
    `parallelism: ${parallelism}; expected how many views are materialized at a time, a whole number from 1`,
  );
}

async function runView(
  { view, interval, windows }: PlannedView,
  { project, registry, offline, online }: MaterializationStores,
  { signal, onProgress }: RunOptions,
): Promise<MaterializationResult> {
  async function recordInterval(_: FeatureView, done: Interval): Promise<void> {
    await registry.change((draft) => recordMaterialization(draft, project, view.name, done, nowMicros()));
  }
  const options = { project, view, offline, online, interval, signal, onProgress, recordInterval };
  return materializeWindows(options, windows);
}
