import type { Definition } from '../definitions/index.js';
import { loadModules } from '../shared/load-module.js';
import { findDefinitionFiles } from './definition-files.js';
import { collectContents, type RepositoryContents } from './repository-contents.js';

const KINDS: ReadonlySet<unknown> = new Set<Definition['kind']>([
  'project',
  'entity',
  'file_source',
  'opaque_source',
  'feature_view',
  'feature_service',
]);

/**
 * Loads every definition file of a feature repository and collects what they export: definitions, and lists of
 * definitions, under any name.
 * @param repoPath absolute path of the folder
 * @throws CodedError MODULE_LOAD_FAILED, DEFINITION_INVALID, PROJECT_CONFLICT, CONFIG_NOT_FOUND
 */
export async function parseRepository(repoPath: string): Promise<RepositoryContents> {
  const modules = await loadModules(findDefinitionFiles(repoPath));
  return collectContents(modules.flatMap((module) => Object.values(module).flatMap(definitionsIn)));
}

function definitionsIn(exported: unknown): Definition[] {
  if (Array.isArray(exported)) return exported.flatMap(definitionsIn);
  const isDefinition =
    typeof exported === 'object' && exported !== null && KINDS.has((exported as { kind?: unknown }).kind);
  return isDefinition ? [exported as Definition] : [];
}
