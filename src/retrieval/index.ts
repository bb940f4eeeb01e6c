export { type EntityColumns, entityColumnsOf } from './entity-rows.js';
export { type OnlineReadPlan, type OnlineReadRequest, planOnlineRead } from './plan-online-read.js';
export { type FeatureColumn, type FieldStatus, type OnlineFeatures, readOnline } from './read-online.js';
export { type SelectedFeature, selectByProjection, selectByReference } from './select-features.js';
