/**
 * What a feature repository declares: plain frozen data, told apart by `kind`. The words are Feast's.
 *
 * - entity: a thing features are about, found in data by its join key
 * - data source: where rows with timestamps lie
 * - feature view: features of one data source, keyed by entities, materialized to the online store
 * - feature service: the features that one model reads
 */
import type { Field, Named, Tags } from './named.js';
import type { BatchSource, DataSource, RequestSource, StreamSource } from './source-definitions.js';
import type { FeastType } from './types.js';

export type * from './named.js';
export type * from './source-definitions.js';

export interface Project extends Named {
  readonly kind: 'project';
}

export interface Entity extends Named {
  readonly kind: 'entity';
  /** the column that holds the entity in data */
  readonly joinKey: string;
  /** undefined: inferred from the data source on apply */
  readonly valueType: FeastType | undefined;
}

/** Start and end of a materialized window, milliseconds since the epoch (Feast stores microseconds). */
export interface Interval {
  readonly start: Date;
  readonly end: Date;
}

/**
 * A function that computes features. It may live in TypeScript, in Python, or in both.
 */
export interface Transformation {
  /** what runs it: `python`, `pandas`, or one of Feast's others */
  readonly mode: string;
  readonly name: string;
  /** where the TypeScript function lives, `transforms.ts#withTax` from the repository folder; '' for none */
  readonly location: string;
  /** its source in Python, which Feast reads */
  readonly bodyText: string;
  /** the function as Python pickled it; empty for none */
  readonly body: Uint8Array;
}

/** Values of a column within a window, made one: `sum` of `amount` over an hour. */
export interface Aggregation {
  readonly column: string;
  readonly function: string;
  /** milliseconds; 0: all time */
  readonly timeWindow: number;
  /** milliseconds; 0: as the window */
  readonly slideInterval: number;
  /** '' for the name Feast makes up */
  readonly name: string;
}

/** What views of all kinds share. */
export interface ViewBase extends Named {
  /** names of the entities; `['__dummy']` for a view without any */
  readonly entities: readonly string[];
  /** join-key columns with their types, one an entity; filled by inference */
  readonly entityColumns: readonly Field[];
  /** features alone, without join keys; empty until inferred */
  readonly features: readonly Field[];
  /** entity objects as declared, for validation and inference; empty when read from a registry */
  readonly entityObjects: readonly Entity[];
}

export interface FeatureView extends ViewBase {
  readonly kind: 'feature_view';
  /** the whole schema as declared, join keys included; empty when everything is to be inferred */
  readonly schema: readonly Field[];
  /** milliseconds; 0: features never expire */
  readonly ttl: number;
  readonly online: boolean;
  readonly offline: boolean;
  readonly enabled: boolean;
  readonly source: BatchSource;
  /** the push or stream source through which rows come in beside the batch source */
  readonly streamSource: StreamSource | undefined;
  /** what makes it a batch feature view: the function its rows go through; undefined: rows are as in the source */
  readonly transformation?: Transformation | undefined;
}

/** A feature view whose rows come from a stream. */
export interface StreamFeatureView extends ViewBase {
  readonly kind: 'stream_feature_view';
  /** milliseconds; 0: features never expire */
  readonly ttl: number;
  readonly online: boolean;
  readonly enabled: boolean;
  /** undefined: the stream has no history */
  readonly source: BatchSource | undefined;
  readonly streamSource: StreamSource;
  readonly mode: string;
  /** column of the event time in the stream, which aggregations need; '' for the source's */
  readonly timestampField: string;
  readonly aggregations: readonly Aggregation[];
  readonly transformation: Transformation | undefined;
  readonly enableTiling: boolean;
  /** milliseconds; 0: Feast's default */
  readonly tilingHopSize: number;
}

/** Features computed when they are asked for, from features of views and values of the request. */
export interface OnDemandFeatureView extends ViewBase {
  readonly kind: 'on_demand_feature_view';
  readonly enabled: boolean;
  readonly mode: string;
  readonly sources: readonly (FeatureViewProjection | RequestSource)[];
  /** undefined where aggregations do it */
  readonly transformation: Transformation | undefined;
  readonly aggregations: readonly Aggregation[];
  /** computed when rows are written, not when they are read */
  readonly writeToOnlineStore: boolean;
  /** the function takes one row instead of columns */
  readonly singleton: boolean;
}

export type ConflictPolicy = 'last_write_wins' | 'labeler_priority' | 'majority_vote';

/** Labels that people or programs give to entities. */
export interface LabelView extends ViewBase {
  readonly kind: 'label_view';
  /** milliseconds; 0: labels never expire */
  readonly ttl: number;
  readonly online: boolean;
  readonly source: DataSource | undefined;
  /** column that says who gave the label */
  readonly labelerField: string;
  readonly conflictPolicy: ConflictPolicy;
  /** name of the view whose entities are labelled; '' for none */
  readonly referenceFeatureView: string;
}

/** A view of any kind. */
export type AnyView = FeatureView | StreamFeatureView | OnDemandFeatureView | LabelView;

/** A part of a feature view that a service serves. */
export interface FeatureViewProjection {
  readonly kind: 'projection';
  readonly viewName: string;
  /** '' for none */
  readonly alias: string;
  /** as registered; undefined until apply resolves the names */
  readonly features: readonly Field[] | undefined;
  /** feature names chosen; undefined: all features of the view */
  readonly featureNames: readonly string[] | undefined;
  readonly joinKeyMap: Readonly<Record<string, string>>;
}

/** Where served features are logged. */
export type LoggingDestination =
  | { readonly type: 'file'; readonly path: string; readonly partitionBy: readonly string[] }
  | { readonly type: 'bigquery' | 'redshift' | 'snowflake' | 'athena'; readonly table: string };

export interface LoggingConfig {
  /** part of the requests that is logged, 0 to 1 */
  readonly sampleRate: number;
  readonly destination: LoggingDestination;
}

export interface FeatureService extends Named {
  readonly kind: 'feature_service';
  readonly projections: readonly FeatureViewProjection[];
  readonly logging: LoggingConfig | undefined;
  readonly precomputeOnline: boolean;
}

/** Where the rows of a saved dataset lie. */
export type DatasetStorage =
  | { readonly type: 'file'; readonly path: string }
  | {
      readonly type: 'bigquery' | 'redshift' | 'snowflake' | 'trino' | 'athena' | 'spark';
      readonly table: string;
    };

/** Rows of historical features that were stored, to train or to compare with. */
export interface SavedDataset extends Omit<Named, 'owner'> {
  readonly kind: 'saved_dataset';
  /** feature references, `view:feature` */
  readonly features: readonly string[];
  readonly joinKeys: readonly string[];
  readonly fullFeatureNames: boolean;
  /** '' for none */
  readonly featureService: string;
  /** undefined: a storage of a kind that cannot be declared here */
  readonly storage: DatasetStorage | undefined;
}

/** A saved dataset that later data is compared with, by a profiler that runs in Python. */
export interface ValidationReference extends Omit<Named, 'owner'> {
  readonly kind: 'validation_reference';
  /** name of the saved dataset */
  readonly dataset: string;
  /** the profiler in Python, `package.module.function`; '' where Python pickled the function itself */
  readonly profiler: string;
}

/** Whom a permission lets in. `allow_all` is Feast's default, which is read, and cannot be declared. */
export type Policy =
  | { readonly type: 'allow_all' }
  | { readonly type: 'roles'; readonly roles: readonly string[] }
  | { readonly type: 'groups'; readonly groups: readonly string[] }
  | { readonly type: 'namespaces'; readonly namespaces: readonly string[] }
  | {
      readonly type: 'groups_or_namespaces';
      readonly groups: readonly string[];
      readonly namespaces: readonly string[];
    };

/** Who may do what with which objects. */
export interface Permission extends Pick<Named, 'name' | 'tags'> {
  readonly kind: 'permission';
  /** Feast's names, `FEATURE_VIEW`; as Feast's proto has them */
  readonly types: readonly string[];
  /** regular expressions; none: every name */
  readonly namePatterns: readonly string[];
  readonly requiredTags: Tags;
  /** `READ_ONLINE` and others */
  readonly actions: readonly string[];
  readonly policy: Policy;
}

export type Definition =
  | Project
  | Entity
  | DataSource
  | AnyView
  | FeatureService
  | SavedDataset
  | ValidationReference
  | Permission;
