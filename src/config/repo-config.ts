import type { ConfigSection } from './section.js';

/** A backend chosen in feature_store.yaml: its type and the section that the backend itself parses. */
export interface BackendConfig {
  readonly type: string;
  /** without the key `type` (`registry_type` for a registry) */
  readonly section: ConfigSection;
}

/** feature_store.yaml, validated. Feast: repo_config.py:405-540. */
export interface RepoConfig {
  /** absolute path of the repository folder; relative paths in the configuration start here */
  readonly repoPath: string;
  readonly project: string;
  readonly projectDescription: string;
  readonly provider: string;
  readonly registry: BackendConfig;
  /** null: the project has no online store */
  readonly onlineStore: BackendConfig | null;
  readonly offlineStore: BackendConfig;
  readonly entityKeySerializationVersion: 3;
  /** keys Feast knows and this version does not act on; a warning names them */
  readonly ignored: readonly string[];
}
