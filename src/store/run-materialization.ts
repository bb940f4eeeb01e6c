import { nowMicros } from '../codec/index.js';
import {
  type MaterializationPlan,
  type MaterializationResult,
  materializeView,
} from '../materialization/index.js';
import type { OfflineStore } from '../offline/offline-store.js';
import type { OnlineStore } from '../online/online-store.js';
import { materializationScope, type Registry, recordMaterialization } from '../registry/index.js';
import type { MaterializeResult, RunOptions } from './materialize-options.js';

/** Where a materialization reads, writes and records. */
export interface MaterializationStores {
  readonly project: string;
  readonly registry: Registry;
  readonly offline: OfflineStore;
  readonly online: OnlineStore;
}

/**
 * Carries out a plan, view after view; each interval is recorded once the last row of its view is written.
 * @throws CodedError MATERIALIZATION_ABORTED, and what the stores and the registry throw
 */
export async function runMaterialization(
  plan: MaterializationPlan,
  { project, registry, offline, online }: MaterializationStores,
  { signal, onProgress }: RunOptions,
): Promise<MaterializeResult> {
  const views: MaterializationResult[] = [];
  for (const { view, interval } of plan.views) {
    const recordInterval = async (): Promise<void> => {
      await registry.change(
        (draft) => recordMaterialization(draft, project, view.name, interval, nowMicros()),
        materializationScope(project, view.name),
      );
    };
    views.push(
      await materializeView({ project, view, offline, online, interval, signal, onProgress, recordInterval }),
    );
  }
  return { views, upToDate: plan.upToDate.map((view) => view.name) };
}
