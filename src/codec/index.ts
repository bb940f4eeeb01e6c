export { decodeDataSource, encodeDataSource } from './data-source.js';
export { decodeEntity, encodeEntity } from './entity.js';
export { type Codec, cloneMessage, feast, google } from './feast.js';
export { decodeFeatureService, encodeFeatureService } from './feature-service.js';
export { decodeFeatureView, encodeFeatureView, foreignPartOf } from './feature-view.js';
export { type Json, toJson } from './json.js';
export { decodeProject, encodeProject } from './project.js';
export { durationMs, durationOf, microsOf, nowMicros, timestampOf } from './time.js';
