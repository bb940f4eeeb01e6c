import type { Definition } from '../definitions/index.js';
import { loadModules } from '../shared/load-module.js';
import { findDefinitionFiles } from './definition-files.js';
import { collectContents, type RepositoryContents } from './repository-contents.js';

/** Every kind of definition; the compiler sees to it that none is left out. */
const KINDS: Readonly<Record<Definition['kind'], true>> = {
  project: true,
  entity: true,
  file_source: true,
  bigquery_source: true,
  snowflake_source: true,
  redshift_source: true,
  athena_source: true,
  trino_source: true,
  postgresql_source: true,
  spark_source: true,
  custom_source: true,
  opaque_source: true,
  push_source: true,
  kafka_source: true,
  kinesis_source: true,
  request_source: true,
  feature_view: true,
  on_demand_feature_view: true,
  stream_feature_view: true,
  label_view: true,
  feature_service: true,
  permission: true,
  saved_dataset: true,
  validation_reference: true,
};

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
    typeof exported === 'object' &&
    exported !== null &&
    Object.hasOwn(KINDS, String((exported as { kind?: unknown }).kind));
  return isDefinition ? [exported as Definition] : [];
}
