export type * from './definitions.js';
export { DUMMY_ENTITY, DUMMY_ENTITY_VALUE } from './dummy-entity.js';
export * from './types.js';
