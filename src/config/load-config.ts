import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { CodedError } from '../shared/errors.js';
import type { BackendConfig, RepoConfig } from './repo-config.js';
import { type ConfigSection, configError, parseSection, sectionOf, subsection } from './section.js';
import { parseYaml } from './yaml-file.js';

export const CONFIG_FILE = 'feature_store.yaml';

/** Sections that Feast knows and this engine does not act on; kept legal so that one file serves both. */
const IGNORED_KEYS = [
  'auth',
  'data_quality_monitoring',
  'embedding_model',
  'feature_server',
  'flags',
  'mlflow',
  'openlineage',
] as const;

const anything = z.unknown().optional();

const schema = z.strictObject({
  project: z.string(),
  project_description: z.string().nullish(),
  provider: z.string().default('local'),
  registry: z.union([z.string(), z.record(z.string(), z.unknown())]),
  online_store: anything,
  offline_store: anything,
  batch_engine: anything,
  entity_key_serialization_version: z.number().int().default(3),
  coerce_tz_aware: z.boolean().nullish(),
  materialization: z
    .strictObject({
      pull_latest_features: z.boolean().optional(),
      online_write_batch_size: z.number().int().positive().nullish(),
    })
    .optional(),
  ...(Object.fromEntries(IGNORED_KEYS.map((key) => [key, anything])) as Record<
    (typeof IGNORED_KEYS)[number],
    typeof anything
  >),
});

/**
 * Loads `feature_store.yaml` of a repository folder. As in Feast, FEATURE_STORE_YAML_BASE64 (the file's content)
 * and FEAST_FS_YAML_FILE_PATH (another place of the file) go before.
 * @param repoPath folder, relative to the working directory or absolute
 * @param options.file another file than the folder's feature_store.yaml
 * @throws CodedError CONFIG_*
 */
export function loadRepoConfig(
  repoPath: string,
  options: { file?: string | undefined; env?: NodeJS.ProcessEnv } = {},
): RepoConfig {
  const env = options.env ?? process.env;
  const folder = resolve(repoPath);
  if (options.file === undefined && env.FEATURE_STORE_YAML_BASE64) {
    const text = Buffer.from(env.FEATURE_STORE_YAML_BASE64, 'base64').toString('utf8');
    return parseRepoConfig(parseYaml(text, 'FEATURE_STORE_YAML_BASE64', env), folder);
  }
  const file = resolve(options.file ?? env.FEAST_FS_YAML_FILE_PATH ?? resolve(folder, CONFIG_FILE));
  return parseRepoConfig(
    parseYaml(readText(file), file, env),
    options.file === undefined ? folder : dirname(file),
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CodedError(
      'CONFIG_NOT_FOUND',
      `${file}: cannot be read (${(cause as NodeJS.ErrnoException).code}); run this in a feature repository, name one with --chdir, or make one with "feast init"`,
      { cause },
    );
  }
}

/** Configuration given in code, with the keys of feature_store.yaml. @throws CodedError CONFIG_* */
export function repoConfigOf(values: Record<string, unknown>, repoPath: string): RepoConfig {
  return parseRepoConfig(sectionOf(values), resolve(repoPath));
}

function parseRepoConfig(section: ConfigSection, repoPath: string): RepoConfig {
  const values = parseSection(section, schema);
  // Feast: repo_config.py validate_project_name; hyphens are legal here wherever the store can
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(values.project)) {
    throw configError(
      'CONFIG_INVALID_VALUE',
      section,
      ['project'],
      `expected letters, digits, "_" and "-", not starting with "_" or "-", found ${JSON.stringify(values.project)}`,
    );
  }
  if (values.entity_key_serialization_version !== 3) {
    throw configError(
      'CONFIG_UNSUPPORTED',
      section,
      ['entity_key_serialization_version'],
      `version ${values.entity_key_serialization_version} is not supported; expected 3, the one Feast has written since 0.38`,
    );
  }
  return Object.freeze({
    repoPath,
    project: values.project,
    projectDescription: values.project_description ?? '',
    provider: values.provider,
    registry: registryConfig(section),
    onlineStore: onlineStoreConfig(section),
    offlineStore: backend(section, 'offline_store', 'type') ?? {
      type: 'dask',
      section: sectionOf({}, 'offline_store'),
    },
    entityKeySerializationVersion: 3,
    ignored: IGNORED_KEYS.filter((key) => values[key] != null),
  });
}

/** A backend's section, or undefined where the key is missing or null. A bare text is its type. */
function backend(section: ConfigSection, key: string, typeKey: string): BackendConfig | undefined {
  const value = section.values[key];
  if (value == null) return undefined;
  if (typeof value === 'string') return { type: value, section: sectionOf({}, key) };
  const part = subsection(section, key);
  const { [typeKey]: type, ...rest } = part.values;
  if (typeof type !== 'string') {
    throw configError(
      type === undefined ? 'CONFIG_MISSING_KEY' : 'CONFIG_INVALID_VALUE',
      part,
      [typeKey],
      'expected a text',
    );
  }
  return { type, section: { ...part, values: rest } };
}

/** A text is a path; a mapping without registry_type is a file registry (repo_config.py:463-480). */
function registryConfig(section: ConfigSection): BackendConfig {
  const value = section.values.registry;
  if (typeof value === 'string') {
    return { type: 'file', section: { ...section, path: 'registry', values: { path: value } } };
  }
  const part = subsection(section, 'registry');
  const { registry_type: type = 'file', ...rest } = part.values;
  if (typeof type !== 'string')
    throw configError('CONFIG_INVALID_VALUE', part, ['registry_type'], 'expected a text');
  return { type, section: { ...part, values: rest } };
}

/** Missing: SQLite in data/online.db. YAML null, or the text "null" of Feast's own documentation: none. */
function onlineStoreConfig(section: ConfigSection): BackendConfig | null {
  const value = section.values.online_store;
  if (value === null || value === 'null') return null;
  return (
    backend(section, 'online_store', 'type') ?? { type: 'sqlite', section: sectionOf({}, 'online_store') }
  );
}
