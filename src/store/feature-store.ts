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
import { type Json, nowMicros } from '../codec/index.js';
import { describeConfig } from '../config/describe-config.js';
import { loadRepoConfig, repoConfigOf } from '../config/load-config.js';
import type { RepoConfig } from '../config/repo-config.js';
import type { FeatureView } from '../definitions/index.js';
import {
  type FullRequest,
  type IncrementalRequest,
  type MaterializationPlan,
  materializeView,
  planMaterialization,
} from '../materialization/index.js';
import type { OfflineStore } from '../offline/offline-store.js';
import { openOfflineStore } from '../offline/offline-stores.js';
import type { OnlineStore } from '../online/online-store.js';
import { openOnlineStore } from '../online/online-stores.js';
import {
  changeAudited,
  type DefinitionByKind,
  materializationEntry,
  materializationScope,
  materializedIntervals,
  openRegistry,
  type Registry,
  recordMaterialization,
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
import { currentAuthor } from './author.js';
import { FeatureRegistry, type ObjectKind } from './feature-registry.js';
import type {
  MaterializeIncrementalOptions,
  MaterializeOptions,
  MaterializeResult,
  RunOptions,
} from './materialize-options.js';
import { type OnlineRequest, OnlineResponse } from './online-response.js';
import type {
  ApplyOptions,
  ApplyResult,
  FeatureStoreOptions,
  OpenOptions,
  PlanResult,
} from './store-options.js';

export type * from './feature-registry.js';
export type * from './materialize-options.js';
export { type OnlineRequest, OnlineResponse } from './online-response.js';
export type * from './store-options.js';

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
   * Copies the latest row of each entity within a window to the online store, view after view, and records the
   * interval of each once its last row is written. Doing it again changes nothing.
   * @throws CodedError MATERIALIZATION_*, FEATURE_VIEW_NOT_FOUND, FEATURE_VIEW_NOT_ONLINE, and what the stores throw
   */
  async materialize(options: MaterializeOptions): Promise<MaterializeResult> {
    const { start, end } = options;
    return this.#run(await this.#planMaterialization({ kind: 'full', start, end }, options), options);
  }

  /**
   * Materializes each view from the end of what is recorded; where nothing is, from its ttl ago, or 52 weeks ago
   * where it has none.
   * @throws CodedError as `materialize`
   */
  async materializeIncremental(options: MaterializeIncrementalOptions = {}): Promise<MaterializeResult> {
    const contents = await (await this.#openRegistry()).contents();
    const intervalsOf = (view: FeatureView) => materializedIntervals(contents, this.project, view.name);
    const request = { kind: 'incremental', end: options.end, intervalsOf } as const;
    return this.#run(await this.#planMaterialization(request, options), options);
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
    const opened = [this.#offline, this.#online, this.#registry];
    this.#offline = undefined;
    this.#online = undefined;
    this.#registry = undefined;
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

  async #planMaterialization(
    window:
      | Pick<FullRequest, 'kind' | 'start' | 'end'>
      | Pick<IncrementalRequest, 'kind' | 'end' | 'intervalsOf'>,
    options: RunOptions,
  ): Promise<MaterializationPlan> {
    return planMaterialization({
      ...window,
      views: await this.list('feature_view'),
      names: options.views,
      now: new Date(),
      allowFutureEnd: options.force ?? false,
    });
  }

  async #run(plan: MaterializationPlan, options: RunOptions): Promise<MaterializeResult> {
    const [offline, online] = await Promise.all([this.#offlineStore(), this.#requireOnlineStore()]);
    const registry = await this.#openRegistry();
    const views: MaterializeResult['views'][number][] = [];
    for (const { view, interval } of plan.views) {
      views.push(
        await materializeView({
          project: this.project,
          view,
          offline,
          online,
          interval,
          signal: options.signal,
          onProgress: options.onProgress,
          recordInterval: async () => {
            await changeAudited(
              registry,
              { by: this.#by, project: this.project, operation: 'materialize' },
              (draft) => recordMaterialization(draft, this.project, view.name, interval, nowMicros()),
              () => [materializationEntry(view.name, interval)],
              materializationScope(this.project, view.name),
            );
          },
        }),
      );
    }
    return { views, upToDate: plan.upToDate.map((view) => view.name) };
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
