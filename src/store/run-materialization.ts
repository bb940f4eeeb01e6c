import { nowMicros } from '../codec/index.js';
import type { FeatureView, Interval } from '../definitions/index.js';
import {
  type MaterializationPlan,
  type MaterializationRequest,
  type MaterializationResult,
  materializeWindows,
  type PlannedView,
  planMaterialization,
  withViewLease,
} from '../materialization/index.js';
import type { OfflineStore } from '../offline/offline-store.js';
import type { OnlineStore } from '../online/online-store.js';
import {
  changeAudited,
  materializationEntry,
  materializationScope,
  materializedIntervals,
  type Registry,
  recordMaterialization,
  type ViewLeases,
} from '../registry/index.js';
import { mapConcurrently } from '../shared/concurrency.js';
import { type Duration, parseDuration } from '../shared/duration.js';
import { CodedError, isCodedError, messageOf } from '../shared/errors.js';
import {
  MaterializationFailed,
  type MaterializeResult,
  type RunOptions,
  type ViewFailure,
} from './materialize-options.js';

const DEFAULT_LOCK_TIMEOUT = '10m';

/** Where a materialization reads, writes and records. */
export interface MaterializationStores {
  readonly project: string;
  /** who does it, for the registry's history */
  readonly by: string;
  readonly registry: Registry;
  readonly leases: ViewLeases;
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
 * row is written. One writer a view: who has to wait for another plans anew, and does only what is left.
 * A view that fails does not stop the others.
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
  const views = await registry.list('feature_view', project);
  const fixed = {
    ...window,
    views,
    now: new Date(),
    allowFutureEnd: options.force ?? false,
    chunkMs: durationOf(options.chunk, 'chunk'),
    lateLookbackMs: durationOf(options.lateLookback, 'lateLookback'),
  };
  const planViews = async (names: readonly string[] | undefined) => {
    const intervalsOf = await readIntervals(project, registry);
    return planMaterialization({ ...fixed, names, intervalsOf } as MaterializationRequest);
  };
  const plan = await planViews(options.views);
  const outcomes = await mapConcurrently(plan.views, parallelism, ({ view }) =>
    runView(view, async () => (await planViews([view.name])).views[0], stores, options),
  );
  return resultOf(plan, outcomes);
}

function durationOf(value: Duration | undefined, name: string): number | undefined {
  return value === undefined ? undefined : parseDuration(value, name);
}

function parallelismOf({ parallelism = 1 }: RunOptions): number {
  if (Number.isInteger(parallelism) && parallelism >= 1) return parallelism;
  throw new CodedError(
    'MATERIALIZATION_OPTION',
    `parallelism: ${parallelism}; expected how many views are materialized at a time, a whole number from 1`,
  );
}

/** @param plan what is to be done once nobody else is at it; undefined: nothing */
async function runView(
  view: FeatureView,
  plan: () => Promise<PlannedView | undefined>,
  { project, by, registry, leases, offline, online }: MaterializationStores,
  { lockTimeout = DEFAULT_LOCK_TIMEOUT, signal, onProgress }: RunOptions,
): Promise<MaterializationResult | undefined> {
  const timeoutMs = parseDuration(lockTimeout, 'lockTimeout');
  return withViewLease({ leases, project, view, timeoutMs, signal }, async (held) => {
    const planned = await plan();
    if (planned === undefined) return undefined;
    const options = {
      project,
      view,
      offline,
      online,
      interval: planned.interval,
      signal: held.signal,
      onProgress,
      recordInterval: async (_: FeatureView, done: Interval): Promise<void> => {
        await changeAudited(
          registry,
          { by, project, operation: 'materialize' },
          (draft) => {
            held.check();
            recordMaterialization(draft, project, view.name, done, nowMicros());
          },
          () => [materializationEntry(view.name, done)],
          materializationScope(project, view.name),
        );
      },
    };
    return materializeWindows(options, planned);
  });
}

function resultOf(
  plan: MaterializationPlan,
  outcomes: readonly PromiseSettledResult<MaterializationResult | undefined>[],
): MaterializeResult {
  const views: MaterializationResult[] = [];
  const upToDate = plan.upToDate.map((view) => view.name);
  const failures: ViewFailure[] = [];
  const errors: unknown[] = [];
  outcomes.forEach((outcome, i) => {
    const view = plan.views[i]!.view.name;
    if (outcome.status === 'rejected') {
      const { reason } = outcome;
      errors.push(reason);
      failures.push({
        view,
        code: isCodedError(reason) ? reason.code : undefined,
        message: messageOf(reason),
      });
    } else if (outcome.value === undefined) upToDate.push(view);
    else views.push(outcome.value);
  });
  const result = { views, upToDate, failures };
  if (failures.length === 0) return result;
  if (failures.every(({ code }) => code === 'MATERIALIZATION_ABORTED')) throw errors[0];
  throw new MaterializationFailed(result, plan.views.length, errors[0]);
}
