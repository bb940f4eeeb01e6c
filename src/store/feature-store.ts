import { join } from 'node:path';
import {
  type ApplyPlan,
  executeApply,
  formatPlan,
  lossesOf,
  planAgainstRegistry,
  planJson,
  prepareContents,
  teardown,
} from '../apply/index.js';
import type { Json } from '../codec/index.js';
import { describeConfig } from '../config/describe-config.js';
import { loadRepoConfig, repoConfigOf } from '../config/load-config.js';
import type { RepoConfig } from '../config/repo-config.js';
import { assessFreshness, type ViewFreshness } from '../materialization/index.js';
import type { OfflineStore } from '../offline/offline-store.js';
import { openOfflineStore } from '../offline/offline-stores.js';
import type { OnlineStore } from '../online/online-store.js';
import { openOnlineStore } from '../online/online-stores.js';
import {
  type DefinitionByKind,
  openFileLeases,
  openRegistry,
  type Registry,
  type ViewLeases,
} from '../registry/index.js';
import { parseRepository, type RepositoryContents } from '../repository/index.js';
import { CodedError } from '../shared/errors.js';
import { createLogger, type Logger } from '../shared/logger.js';
import { currentAuthor } from './author.js';
import { FeatureRegistry, type ObjectKind } from './feature-registry.js';
import type {
  FillGapsOptions,
  MaterializeIncrementalOptions,
  MaterializeOptions,
  MaterializeResult,
  RunOptions,
} from './materialize-options.js';
import type { OnlineRequest, OnlineResponse } from './online-response.js';
import { readOnlineFeatures } from './read-online-features.js';
import { type MaterializationWindow, readIntervals, runMaterialization } from './run-materialization.js';
import type {
  ApplyOptions,
  ApplyResult,
  FeatureStoreOptions,
  OpenOptions,
  PlanResult,
} from './store-options.js';
import { type CoverageOptions, type ViewCoverage, viewCoverage } from './view-coverage.js';

export type * from './feature-registry.js';
export type * from './materialize-options.js';
export { partialResultOf } from './materialize-options.js';
export { type OnlineRequest, OnlineResponse } from './online-response.js';
export type * from './store-options.js';
export type { CoverageOptions, ViewCoverage, ViewFreshness };

/**
 * A feature store: the one door to the registry, the stores and the definitions of a repository. Backends are
 * opened when they are first used; `close` frees them.
 */
export class FeatureStore {
  readonly config: RepoConfig;
  /** what is recorded of this project */
  readonly registry: FeatureRegistry;
  readonly #by: string;
  readonly #log: Logger;
  #registry: Promise<Registry> | undefined;
  /** for a registry that has no place for leases */
  #ownLeases: ViewLeases | undefined;
  #offline: Promise<OfflineStore> | undefined;
  #online: Promise<OnlineStore | undefined> | undefined;

  /**
   * A feature store from configuration given in code, or from a repository folder. Nothing is read of the registry,
   * nor of its section of the configuration, until it is needed; `FeatureStore.open` checks that section at once.
   * @throws CodedError CONFIG_*
   */
  constructor({ config, file, log, user }: FeatureStoreOptions) {
    this.config = typeof config === 'string' ? loadRepoConfig(config, { file }) : repoConfigOf(config, '.');
    this.#log = log ?? createLogger({ level: 'warn' });
    this.#by = user ?? currentAuthor();
    this.registry = new FeatureRegistry({
      project: this.config.project,
      by: this.#by,
      open: () => this.#openRegistry(),
      onlineStore: () => this.#onlineStore(),
    });
    if (this.config.ignored.length > 0) {
      this.#log.warn(`feature_store.yaml: this engine does not act on ${this.config.ignored.join(', ')}`);
    }
  }

  /**
   * Opens the feature store that a repository folder's feature_store.yaml describes.
   * @param config as in FeatureStoreOptions; default: the working directory
   * @throws CodedError CONFIG_*
   */
  static async open(
    config: FeatureStoreOptions['config'] = '.',
    options: OpenOptions = {},
  ): Promise<FeatureStore> {
    const store = new FeatureStore({ config, ...options });
    await store.#openRegistry();
    return store;
  }

  get project(): string {
    return this.config.project;
  }

  /** What the definition files of the repository folder declare. @throws CodedError MODULE_LOAD_FAILED and others */
  parseRepository(): Promise<RepositoryContents> {
    return parseRepository(this.config.repoPath);
  }

  /** Names of the feature views declared in the repository folder that materialization covers. */
  async materializedViews(): Promise<string[]> {
    const { featureViews } = await this.parseRepository();
    return featureViews.filter((view) => view.online && view.enabled).map((view) => view.name);
  }

  /** What `applyRepository` would do. Changes nothing and creates no file. */
  async planRepository(options: ApplyOptions = {}): Promise<PlanResult> {
    const plan = await planAgainstRegistry(await this.#applyRequest(options));
    return planResult(plan);
  }

  /**
   * Brings the registry and the online store in line with the definition files of the repository folder. What is
   * no longer declared is deleted. Doing it again changes nothing.
   * @throws CodedError of definitions, data sources, the registry and the online store
   */
  async applyRepository(options: ApplyOptions = {}): Promise<ApplyResult> {
    const plan = await executeApply(await this.#applyRequest(options));
    const changed = plan.changes.length > 0 || plan.infra.length > 0;
    return { ...planResult(plan), changed, ...(changed ? {} : { lines: [] }) };
  }

  /** Deletes this project's tables and registered objects; other projects stay. */
  async teardown(): Promise<{ lines: string[] }> {
    const names = await teardown(
      this.project,
      await this.#openRegistry(),
      await this.#onlineStore(),
      this.#by,
    );
    return { lines: names.map((name) => `Deleted ${name}`) };
  }

  /** Registered objects of a kind, in the registry's order. */
  list<Kind extends ObjectKind>(kind: Kind): Promise<DefinitionByKind[Kind][]> {
    return this.registry.list(kind);
  }

  /** @throws CodedError of the kind's NOT_FOUND, naming the nearest */
  get<Kind extends ObjectKind>(kind: Kind, name: string): Promise<DefinitionByKind[Kind]> {
    return this.registry.get(kind, name);
  }

  /** All that is recorded of an object, as protobuf JSON. @throws CodedError of the kind's NOT_FOUND */
  describe(kind: ObjectKind, name: string): Promise<Json> {
    return this.registry.describe(kind, name);
  }

  /** Everything the registry holds of this project, as protobuf JSON by kind. */
  dumpRegistry(): Promise<Json> {
    return this.registry.dump();
  }

  /**
   * Copies the latest row of each entity within a window to the online store, and records the interval of each view
   * once its last row is written. Doing it again changes nothing. A view that fails does not stop the others.
   * @throws CodedError MATERIALIZATION_*, FEATURE_VIEW_NOT_FOUND, FEATURE_VIEW_NOT_ONLINE, and what the stores throw
   */
  materialize({ start, end, ...options }: MaterializeOptions): Promise<MaterializeResult> {
    return this.#materialize({ kind: 'full', start, end }, options);
  }

  /**
   * Materializes each view from the end of what is recorded; where nothing is, from its ttl ago, or 52 weeks ago
   * where it has none.
   * @throws CodedError as `materialize`
   */
  materializeIncremental({
    end,
    ...options
  }: MaterializeIncrementalOptions = {}): Promise<MaterializeResult> {
    return this.#materialize({ kind: 'incremental', end }, options);
  }

  /**
   * Materializes what is not recorded between two times, and nothing else. It resumes a backfill that was stopped.
   * @throws CodedError as `materialize`
   */
  fillGaps({ start, end, ...options }: FillGapsOptions = {}): Promise<MaterializeResult> {
    return this.#materialize({ kind: 'gaps', start, end }, options);
  }

  /** Covered, missing and stale time of each view. @throws CodedError FEATURE_VIEW_*, TIME_INVALID, MATERIALIZATION_WINDOW */
  async coverage(options: CoverageOptions = {}): Promise<ViewCoverage[]> {
    const intervalsOf = await readIntervals(this.project, await this.#openRegistry());
    return viewCoverage(await this.list('feature_view'), intervalsOf, new Date(), options);
  }

  /** How the views that have a freshness objective stand against it. @throws CodedError DURATION_INVALID */
  async freshness(): Promise<ViewFreshness[]> {
    const intervalsOf = await readIntervals(this.project, await this.#openRegistry());
    return assessFreshness(await this.list('feature_view'), intervalsOf, new Date());
  }

  /**
   * The latest feature values of entities, from the online store.
   * @throws CodedError FEATURE_*, ENTITY_ROWS_INVALID, VALUE_INVALID, ONLINE_STORE_*
   */
  getOnlineFeatures(request: OnlineRequest): Promise<OnlineResponse> {
    const openOnline = () => this.#requireOnlineStore();
    return readOnlineFeatures({ project: this.project, registry: this.registry, openOnline }, request);
  }

  /** The configuration in force, with the keys of feature_store.yaml, credentials masked. */
  describeConfiguration(): Record<string, unknown> {
    return describeConfig(this.config);
  }

  /** Frees connections and files. The store can be used again afterwards; it opens them anew. */
  async close(): Promise<void> {
    const opened = [this.#offline, this.#online, this.#registry];
    this.#offline = undefined;
    this.#online = undefined;
    this.#registry = undefined;
    await this.#ownLeases?.close();
    this.#ownLeases = undefined;
    // one that could not be opened has been reported, and has nothing to free
    await Promise.all(opened.map(async (store) => (await store?.catch(() => undefined))?.close()));
  }

  async #applyRequest(options: ApplyOptions) {
    const offline = await this.#offlineStore();
    const contents = await prepareContents(await this.parseRepository(), {
      project: this.project,
      describe: (source) => offline.describe(source),
      validateSources: options.validateSources ?? true,
    });
    return {
      contents,
      project: this.project,
      projectDescription: this.config.projectDescription,
      registry: await this.#openRegistry(),
      onlineStore: await this.#onlineStore(),
      allowDestructive: options.allowDestructive ?? false,
      by: this.#by,
    };
  }

  async #materialize(window: MaterializationWindow, options: RunOptions): Promise<MaterializeResult> {
    const [offline, online] = await Promise.all([this.#offlineStore(), this.#requireOnlineStore()]);
    const registry = await this.#openRegistry();
    const leases = registry.leases ?? this.#openLeases();
    const stores = { project: this.project, by: this.#by, registry, leases, offline, online };
    return runMaterialization(window, stores, options);
  }

  #openLeases(): ViewLeases {
    this.#ownLeases ??= openFileLeases(join(this.config.repoPath, 'data/materialization.leases'));
    return this.#ownLeases;
  }

  #openRegistry(): Promise<Registry> {
    this.#registry ??= openRegistry(this.config.registry, this.config.repoPath, this.#log);
    return this.#registry;
  }

  #offlineStore(): Promise<OfflineStore> {
    this.#offline ??= openOfflineStore(this.config);
    return this.#offline;
  }

  async #onlineStore(): Promise<OnlineStore | null> {
    this.#online ??= openOnlineStore(this.config);
    return (await this.#online) ?? null;
  }

  async #requireOnlineStore(): Promise<OnlineStore> {
    const store = await this.#onlineStore();
    if (store !== null) return store;
    throw new CodedError(
      'ONLINE_STORE_NONE',
      `project "${this.project}" has no online store; name one in feature_store.yaml under online_store`,
    );
  }
}

function planResult(plan: ApplyPlan): PlanResult {
  return { plan, lines: formatPlan(plan), json: planJson(plan), losses: lossesOf(plan) };
}
