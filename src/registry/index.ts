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
export { openFileLeases } from './file-leases.js';
export { materializedIntervals, recordMaterialization } from './materialization-record.js';
export { cachedRegistry, openRegistry, type Registry } from './registry.js';
export type { RegistryBackend, RegistryChange, RegistryEdit } from './registry-backend.js';
export type { LeaseHolder, ViewLease, ViewLeases } from './view-leases.js';
