/** What a registry knows of a feature view's materialized time. */
import { feast, microsOf, timestampOf } from '../codec/index.js';
import type { Interval } from '../definitions/index.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';
import type { AuditChange } from './audit.js';
import { findObject, nameOf, objectsOf, type RegistryProto } from './collections.js';
import { covers, type MicroInterval, mergeIntervals } from './intervals.js';
import type { RegistryScope } from './registry-backend.js';

const { FeatureViewMeta, FeatureViewState, MaterializationInterval } = feast.core;

/** Feature views and stream feature views can be materialized, and keep intervals in the same fields. */
function findView(registry: RegistryProto, project: string, view: string) {
  const found =
    findObject(registry, 'featureViews', project, view) ??
    findObject(registry, 'streamFeatureViews', project, view);
  if (found !== undefined) return found;
  const names = [
    ...objectsOf(registry, 'featureViews', project),
    ...objectsOf(registry, 'streamFeatureViews', project),
  ].map(nameOf);
  throw new CodedError(
    'FEATURE_VIEW_NOT_FOUND',
    `project "${project}" has no feature view "${view}" that can be materialized.${didYouMean(view, names)}`,
  );
}

function intervalsOf(meta: feast.core.FeatureViewMeta.$Properties | null | undefined): MicroInterval[] {
  return (meta?.materializationIntervals ?? []).map(({ startTime, endTime }) => ({
    start: microsOf(startTime ?? {}),
    end: microsOf(endTime ?? {}),
  }));
}

/**
 * The materialized time of a view as disjoint intervals in order. Where Python recorded microseconds, the bounds
 * are rounded inwards to milliseconds: never more than was materialized.
 * @throws CodedError FEATURE_VIEW_NOT_FOUND
 */
export function materializedIntervals(registry: RegistryProto, project: string, view: string): Interval[] {
  return mergeIntervals(intervalsOf(findView(registry, project, view).meta)).map(({ start, end }) => ({
    start: new Date(Number((start + 999n) / 1000n)),
    end: new Date(Number(end / 1000n)),
  }));
}

/** All that `recordMaterialization` touches. */
export function materializationScope(project: string, view: string): RegistryScope {
  return {
    project,
    objects: [
      { collection: 'featureViews', name: view },
      { collection: 'streamFeatureViews', name: view },
    ],
  };
}

/**
 * Records that a view was materialized for an interval: added to what is recorded, and merged with what it touches.
 * Recording a covered interval changes nothing. The view becomes AVAILABLE_ONLINE, also out of a MATERIALIZING in
 * which a crash left it. Feast: registry.py:1020-1089, which appends without merging.
 * @param now microseconds since the epoch
 * @throws CodedError FEATURE_VIEW_NOT_FOUND
 */
export function recordMaterialization(
  draft: RegistryProto,
  project: string,
  view: string,
  interval: Interval,
  now: bigint,
): void {
  const proto = findView(draft, project, view);
  proto.meta ??= new FeatureViewMeta();
  const known = intervalsOf(proto.meta);
  const added = {
    start: BigInt(interval.start.getTime()) * 1000n,
    end: BigInt(interval.end.getTime()) * 1000n,
  };
  const isKnown = covers(known, added);
  if (isKnown && proto.meta.state === FeatureViewState.AVAILABLE_ONLINE) return;
  if (!isKnown) {
    proto.meta.materializationIntervals = mergeIntervals([...known, added]).map(
      ({ start, end }) =>
        new MaterializationInterval({ startTime: timestampOf(start), endTime: timestampOf(end) }),
    );
  }
  proto.meta.state = FeatureViewState.AVAILABLE_ONLINE;
  proto.meta.lastUpdatedTimestamp = timestampOf(now);
}

/** A recorded interval, as the history of a registry keeps it. */
export function materializationEntry(view: string, { start, end }: Interval): AuditChange {
  const after = `${start.toISOString()} to ${end.toISOString()}`;
  return {
    action: 'materialize',
    kind: 'feature view',
    name: view,
    properties: [{ name: 'materialization_interval', after }],
  };
}
