export {
  COLLECTIONS,
  type Collection,
  type DefinitionByKind,
  type DefinitionKind,
  findObject,
  KINDS,
  nameOf,
  objectsOf,
  projectOf,
  type RegistryProto,
  VIEW_COLLECTIONS,
} from './collections.js';
export { ensureProject, putObject, removeObject, removeProject } from './edits.js';
export { putFeatureView, removeFeatureView } from './feature-view-versions.js';
export {
  materializationScope,
  materializedIntervals,
  recordMaterialization,
} from './materialization-record.js';
export { cachedRegistry, openRegistry, type Registry } from './registry.js';
export type { RegistryBackend, RegistryChange, RegistryEdit, RegistryScope } from './registry-backend.js';
export { openBackend } from './registry-backends.js';
export { type CopyResult, copyRegistry } from './registry-copy.js';
