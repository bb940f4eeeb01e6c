import type { OnlineStore } from '../online/online-store.js';
import {
  entityColumnsOf,
  planOnlineRead,
  readOnline,
  selectByProjection,
  selectByReference,
} from '../retrieval/index.js';
import type { FeatureRegistry } from './feature-registry.js';
import { type OnlineRequest, OnlineResponse } from './online-response.js';

/** Where a request is resolved, and where it is read. */
export interface OnlineReadStores {
  readonly project: string;
  readonly registry: FeatureRegistry;
  /** called once the request is known to be good */
  openOnline(): Promise<OnlineStore>;
}

/**
 * Answers a request of online features: what is asked for is resolved in the registry, then read.
 * @throws CodedError FEATURE_*, ENTITY_ROWS_INVALID, VALUE_INVALID, ONLINE_STORE_*
 */
export async function readOnlineFeatures(
  { project, registry, openOnline }: OnlineReadStores,
  { features, entityRows, fullFeatureNames = false }: OnlineRequest,
): Promise<OnlineResponse> {
  const [views, knownEntities] = await Promise.all([registry.list('feature_view'), registry.list('entity')]);
  const selected =
    'service' in features
      ? selectByProjection((await registry.get('feature_service', features.service)).projections, views)
      : selectByReference(features, views);
  const entities = entityColumnsOf(entityRows);
  const plan = planOnlineRead({ selected, entities, fullFeatureNames, knownEntities });
  return new OnlineResponse(await readOnline(plan, project, await openOnline()));
}
