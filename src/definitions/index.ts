export type * from './definitions.js';
export { DUMMY_ENTITY, DUMMY_ENTITY_VALUE, joinKeysOf } from './dummy-entity.js';
export * from './types.js';
