export {
  type AuditChange,
  type AuditEntry,
  type AuditHistory,
  type AuditLog,
  changeAudited,
} from './audit.js';
export {
  COLLECTIONS,
  type Collection,
  findObject,
  nameOf,
  objectsOf,
  projectOf,
  type RegistryProto,
  VIEW_COLLECTIONS,
} from './collections.js';
export { ensureProject, putObject, removeObject, removeProject } from './edits.js';
export {
  putFeatureView,
  putView,
  removeView,
  type ViewVersion,
  viewVersions,
} from './feature-view-versions.js';
export { openFileLeases } from './file-leases.js';
export {
  DEFINITION_KINDS,
  type DefinitionByKind,
  type DefinitionKind,
  type EncodeContext,
  isViewKind,
  KINDS,
  kindOf,
  VIEW_KINDS,
} from './kinds.js';
export {
  materializationEntry,
  materializationScope,
  materializedIntervals,
  recordMaterialization,
} from './materialization-record.js';
export { isIdentical } from './object-codecs.js';
export { type Reference, type ReferencedKind, referencesOf } from './references.js';
export { cachedRegistry, openRegistry, type Registry } from './registry.js';
export type { RegistryBackend, RegistryChange, RegistryEdit, RegistryScope } from './registry-backend.js';
export { openBackend } from './registry-backends.js';
export { type CopyResult, copyRegistry } from './registry-copy.js';
export { lookUpObject, lookUpObjects } from './registry-index.js';
export { type Finding, verifyRegistry } from './verify.js';
export type { LeaseHolder, ViewLease, ViewLeases } from './view-leases.js';
