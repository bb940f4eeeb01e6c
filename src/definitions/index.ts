export type * from './definitions.js';
export { DUMMY_ENTITY, DUMMY_ENTITY_VALUE, joinKeysOf } from './dummy-entity.js';
export { type EntityOptions, entity } from './entity.js';
export { type FeatureServiceOptions, featureService, type SelectOptions, select } from './feature-service.js';
export { type FeatureViewOptions, featureView } from './feature-view.js';
export { type FieldOptions, field } from './field.js';
export { type FileSourceOptions, fileSource } from './file-source.js';
export { type ProjectOptions, project } from './project.js';
export * from './types.js';
