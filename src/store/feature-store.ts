import { join } from 'node:path';
import {
  type ApplyPlan,
  executeApply,
  formatPlan,
  planAgainstRegistry,
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
  type DefinitionKind,
  openFileLeases,
  openRegistry,
  type Registry,
  type ViewLeases,
} from '../registry/index.js';
import { parseRepository, type RepositoryContents } from '../repository/index.js';
import {
  entityColumnsOf,
  planOnlineRead,
  readOnline,
  selectByProjection,
  selectByReference,
} from '../retrieval/index.js';
import { CodedError } from '../shared/errors.js';
import { createLogger, type Logger } from '../shared/logger.js';
import { describeObject, dumpProject } from './describe.js';
import type {
  FillGapsOptions,
  MaterializeIncrementalOptions,
  MaterializeOptions,
  MaterializeResult,
  RunOptions,
} from './materialize-options.js';
import { type OnlineRequest, OnlineResponse } from './online-response.js';
import { type MaterializationWindow, readIntervals, runMaterialization } from './run-materialization.js';
import { type CoverageOptions, type ViewCoverage, viewCoverage } from './view-coverage.js';

export type * from './materialize-options.js';
export { partialResultOf } from './materialize-options.js';
export { type OnlineRequest, OnlineResponse } from './online-response.js';
export type { CoverageOptions, ViewCoverage, ViewFreshness };

export type ObjectKind = DefinitionKind;

export interface OpenOptions {
  /** another file than the folder's feature_store.yaml */
  readonly file?: string | undefined;
  /** default: warnings and errors to standard error */
  readonly log?: Logger;
}

export interface ApplyOptions {
  /** look whether data sources exist and hold the declared columns; default true */
  readonly validateSources?: boolean;
  /**
   * whether changes that lose materialized data may be made; default false, so that no scheduled apply drops what
   * nobody meant to drop: it fails with DESTRUCTIVE_CHANGE, which lists the losses
   */
  readonly allowDestructive?: boolean;
}

export interface PlanResult {
  readonly plan: ApplyPlan;
  /** the plan as Feast prints it */
  readonly lines: readonly string[];
}

export interface ApplyResult extends PlanResult {
  /** false: everything was as declared already, and nothing was written */
  readonly changed: boolean;
}

/**
 * A feature store: the one door to the registry, the stores and the definitions of a repository. Backends are
 * opened when they are first used; `close` frees them.
 */
export class FeatureStore {
  readonly config: RepoConfig;
  readonly #registry: Registry;
  readonly #leases: ViewLeases;
  #offline: Promise<OfflineStore> | undefined;
  #online: Promise<OnlineStore | undefined> | undefined;

  private constructor(config: RepoConfig, registry: Registry) {
    this.config = config;
    this.#registry = registry;
    this.#leases = registry.leases ?? openFileLeases(join(config.repoPath, 'data/materialization.leases'));
  }

  /**
   * Opens the feature store that a repository folder's feature_store.yaml describes.
   * @param repository folder, relative to the working directory or absolute; or configuration given in code, with
   *   the keys of feature_store.yaml, whose relative paths start at the working directory
   * @throws CodedError CONFIG_*
   */
  static async open(
    repository: string | Record<string, unknown> = '.',
    options: OpenOptions = {},
  ): Promise<FeatureStore> {
    const config =
      typeof repository === 'string'
        ? loadRepoConfig(repository, { file: options.file })
        : repoConfigOf(repository, '.');
    const log = options.log ?? createLogger({ level: 'warn' });
    if (config.ignored.length > 0) {
      log.warn(`feature_store.yaml: this engine does not act on ${config.ignored.join(', ')}`);
    }
    return new FeatureStore(config, await openRegistry(config.registry, config.repoPath));
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
    return { plan, lines: formatPlan(plan) };
  }

  /**
   * Brings the registry and the online store in line with the definition files of the repository folder. What is
   * no longer declared is deleted. Doing it again changes nothing.
   * @throws CodedError of definitions, data sources, the registry and the online store
   */
  async applyRepository(options: ApplyOptions = {}): Promise<ApplyResult> {
    const plan = await executeApply(await this.#applyRequest(options));
    const changed = plan.changes.length > 0 || plan.infra.length > 0;
    return { plan, changed, lines: changed ? formatPlan(plan) : [] };
  }

  /** Deletes this project's tables and registered objects; other projects stay. */
  async teardown(): Promise<{ lines: string[] }> {
    const names = await teardown(this.project, this.#registry, await this.#onlineStore());
    return { lines: names.map((name) => `Deleted ${name}`) };
  }

  /** Registered objects of a kind, in the registry's order. */
  list<Kind extends ObjectKind>(kind: Kind): Promise<DefinitionByKind[Kind][]> {
    return this.#registry.list(kind, this.project);
  }

  /** @throws CodedError of the kind's NOT_FOUND, naming the nearest */
  get<Kind extends ObjectKind>(kind: Kind, name: string): Promise<DefinitionByKind[Kind]> {
    return this.#registry.get(kind, this.project, name);
  }

  /** All that is recorded of an object, as protobuf JSON. @throws CodedError of the kind's NOT_FOUND */
  async describe(kind: ObjectKind, name: string): Promise<Json> {
    await this.get(kind, name);
    return describeObject(await this.#registry.contents(), kind, this.project, name);
  }

  /** Everything the registry holds of this project, as protobuf JSON by kind. */
  async dumpRegistry(): Promise<Json> {
    return dumpProject(await this.#registry.contents(), this.project);
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
    const intervalsOf = await readIntervals(this.project, this.#registry);
    return viewCoverage(await this.list('feature_view'), intervalsOf, new Date(), options);
  }

  /** How the views that have a freshness objective stand against it. @throws CodedError DURATION_INVALID */
  async freshness(): Promise<ViewFreshness[]> {
    const intervalsOf = await readIntervals(this.project, this.#registry);
    return assessFreshness(await this.list('feature_view'), intervalsOf, new Date());
  }

  /**
   * The latest feature values of entities, from the online store.
   * @throws CodedError FEATURE_*, ENTITY_ROWS_INVALID, VALUE_INVALID, ONLINE_STORE_*
   */
  async getOnlineFeatures(request: OnlineRequest): Promise<OnlineResponse> {
    const { features } = request;
    const [views, knownEntities] = await Promise.all([this.list('feature_view'), this.list('entity')]);
    const selected =
      'service' in features
        ? selectByProjection((await this.get('feature_service', features.service)).projections, views)
        : selectByReference(features, views);
    const plan = planOnlineRead({
      selected,
      entities: entityColumnsOf(request.entityRows),
      fullFeatureNames: request.fullFeatureNames ?? false,
      knownEntities,
    });
    return new OnlineResponse(await readOnline(plan, this.project, await this.#requireOnlineStore()));
  }

  /** The configuration in force, with the keys of feature_store.yaml, credentials masked. */
  describeConfiguration(): Record<string, unknown> {
    return describeConfig(this.config);
  }

  /** Frees connections and files. The store can be used again afterwards; it opens them anew. */
  async close(): Promise<void> {
    const [offline, online] = [this.#offline, this.#online];
    this.#offline = undefined;
    this.#online = undefined;
    await Promise.all([offline?.then((store) => store.close()), online?.then((store) => store?.close())]);
    await this.#leases.close();
    await this.#registry.close();
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
      registry: this.#registry,
      onlineStore: await this.#onlineStore(),
      allowDestructive: options.allowDestructive ?? false,
    };
  }

  async #materialize(window: MaterializationWindow, options: RunOptions): Promise<MaterializeResult> {
    const [offline, online] = await Promise.all([this.#offlineStore(), this.#requireOnlineStore()]);
    const stores = { project: this.project, registry: this.#registry, leases: this.#leases, offline, online };
    return runMaterialization(window, stores, options);
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
