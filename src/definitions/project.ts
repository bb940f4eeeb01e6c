import type { Project } from './definitions.js';
import { checkOptions, frozen, invalid, isName, NAMED_CHECKS, type NamedOptions, named } from './options.js';

export interface ProjectOptions extends NamedOptions {
  name: string;
}

/** Feast's rule (repo_operations.py, is_valid_name). */
const PROJECT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/**
 * Declares the project of a feature repository, to give it a description, tags or an owner. Its name must be the
 * one in feature_store.yaml. Without it the project is made from feature_store.yaml alone.
 * @throws CodedError DEFINITION_INVALID
 */
export function project(options: ProjectOptions): Project {
  checkOptions('project', options, { name: isName, ...NAMED_CHECKS }, ['name']);
  if (!PROJECT_NAME.test(options.name)) {
    throw invalid(
      `project "${options.name}"`,
      'a project name holds letters, digits, "_" and "-", and starts with a letter or digit',
    );
  }
  return frozen({ kind: 'project', ...named(options.name, options) });
}
