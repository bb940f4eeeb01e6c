/**
 * What a feature repository declares: plain frozen data, told apart by `kind`. The words are Feast's.
 *
 * - entity: a thing features are about, found in data by its join key
 * - data source: where rows with timestamps lie
 * - feature view: features of one data source, keyed by entities, materialized to the online store
 * - feature service: the features that one model reads
 */
import type { FeastType } from './types.js';

export type Tags = Readonly<Record<string, string>>;

/** One column of a schema. */
export interface Field {
  readonly name: string;
  readonly dtype: FeastType;
  readonly description: string;
  readonly tags: Tags;
}

export interface Named {
  readonly name: string;
  readonly description: string;
  readonly tags: Tags;
  readonly owner: string;
}

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

interface DataSourceBase extends Named {
  /** column of the event time; '' until inferred on apply */
  readonly timestampField: string;
  /** column of the time the row was written, breaks ties of event time; '' where there is none */
  readonly createdTimestampColumn: string;
  /** source column → feature name */
  readonly fieldMapping: Readonly<Record<string, string>>;
}

/** Parquet or CSV: a file, a glob, or a folder (hive partitions included). */
export interface FileSource extends DataSourceBase {
  readonly kind: 'file_source';
  /** relative to the repository folder, or absolute, or a file:// URI */
  readonly path: string;
  readonly format: 'parquet' | 'csv';
}

/**
 * A data source of a type this version has no definition for, read from a registry that Python wrote. Its proto
 * is kept as it is; using it as a source of rows is an error that names the type.
 */
export interface OpaqueSource extends DataSourceBase {
  readonly kind: 'opaque_source';
  /** `feast.core.DataSource.SourceType` name, or the class Python registered */
  readonly sourceType: string;
  /** serialized `feast.core.DataSource` */
  readonly proto: Uint8Array;
}

export type DataSource = FileSource | OpaqueSource;

/** Start and end of a materialized window, milliseconds since the epoch (Feast stores microseconds). */
export interface Interval {
  readonly start: Date;
  readonly end: Date;
}

export interface FeatureView extends Named {
  readonly kind: 'feature_view';
  /** names of the entities; `['__dummy']` for a view without any */
  readonly entities: readonly string[];
  /** join-key columns with their types, one an entity; filled by inference */
  readonly entityColumns: readonly Field[];
  /** features alone, without join keys; empty until inferred */
  readonly features: readonly Field[];
  /** the whole schema as declared, join keys included; empty when everything is to be inferred */
  readonly schema: readonly Field[];
  /** milliseconds; 0: features never expire */
  readonly ttl: number;
  readonly online: boolean;
  readonly offline: boolean;
  readonly enabled: boolean;
  readonly source: DataSource;
  /** push or stream source that Python registered beside the batch source */
  readonly streamSource: DataSource | undefined;
  /** entity objects as declared, for validation and inference; empty when read from a registry */
  readonly entityObjects: readonly Entity[];
}

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

export interface FeatureService extends Named {
  readonly kind: 'feature_service';
  readonly projections: readonly FeatureViewProjection[];
}

export type Definition = Project | Entity | DataSource | FeatureView | FeatureService;
