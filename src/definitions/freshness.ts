import { parseDuration } from '../shared/duration.js';
import type { FeatureView } from './definitions.js';

/** Tag that keeps the objective: Feast has no field for it, and carries tags along. */
export const FRESHNESS_TAG = 'feast-scheduler:freshness';

/**
 * How old the newest materialized time of a view may become, in milliseconds; undefined: it has no objective.
 * Python sets it with the tag itself.
 * @throws CodedError DURATION_INVALID
 */
export function freshnessOf(view: Pick<FeatureView, 'name' | 'tags'>): number | undefined {
  const text = view.tags[FRESHNESS_TAG];
  return text === undefined
    ? undefined
    : parseDuration(text, `feature view "${view.name}", tag ${FRESHNESS_TAG}`);
}
