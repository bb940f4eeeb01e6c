/** Data sources of every kind: where rows with timestamps lie, and how they come in. */
import type { Field, Named } from './named.js';

export interface DataSourceBase extends Named {
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

interface TableSourceBase extends DataSourceBase {
  /** '' where a query is given */
  readonly table: string;
  readonly query: string;
}

export interface BigQuerySource extends TableSourceBase {
  readonly kind: 'bigquery_source';
  readonly datePartitionColumn: string;
  /** `DATE` where the event time is a date; '' for a timestamp */
  readonly timestampFieldType: string;
}

export interface SnowflakeSource extends TableSourceBase {
  readonly kind: 'snowflake_source';
  readonly database: string;
  readonly schema: string;
}

export interface RedshiftSource extends TableSourceBase {
  readonly kind: 'redshift_source';
  readonly database: string;
  readonly schema: string;
}

export interface AthenaSource extends TableSourceBase {
  readonly kind: 'athena_source';
  readonly database: string;
  /** Athena's catalog */
  readonly dataSource: string;
  readonly datePartitionColumn: string;
}

export interface TrinoSource extends TableSourceBase {
  readonly kind: 'trino_source';
}

export interface PostgreSQLSource extends TableSourceBase {
  readonly kind: 'postgresql_source';
}

export interface SparkSource extends TableSourceBase {
  readonly kind: 'spark_source';
  readonly path: string;
  readonly fileFormat: string;
  readonly datePartitionColumn: string;
  readonly datePartitionColumnFormat: string;
}

/** A source that a Python class of its own reads. */
export interface CustomSource extends DataSourceBase {
  readonly kind: 'custom_source';
  /** `package.module.Class` */
  readonly classType: string;
  /** as the class reads it; most read JSON */
  readonly configuration: Uint8Array;
}

/** A data source that holds rows with a history. */
export type BatchSource =
  | FileSource
  | BigQuerySource
  | SnowflakeSource
  | RedshiftSource
  | AthenaSource
  | TrinoSource
  | PostgreSQLSource
  | SparkSource
  | CustomSource
  | OpaqueSource;

/** How messages of a stream are written. */
export type StreamFormat =
  | { readonly type: 'json' | 'avro'; readonly schema: string }
  | { readonly type: 'proto'; readonly classPath: string };

interface StreamSourceBase extends DataSourceBase {
  readonly batchSource: BatchSource;
}

/** Rows that a program hands over; times and mapping are those of the batch source. */
export interface PushSource extends StreamSourceBase {
  readonly kind: 'push_source';
}

export interface KafkaSource extends StreamSourceBase {
  readonly kind: 'kafka_source';
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly format: StreamFormat;
  /** milliseconds; undefined: none */
  readonly watermarkDelayThreshold: number | undefined;
}

export interface KinesisSource extends StreamSourceBase {
  readonly kind: 'kinesis_source';
  readonly region: string;
  readonly streamName: string;
  readonly format: StreamFormat;
}

/** A data source through which rows come in as they happen. An opaque one is from Python, and kept as it is. */
export type StreamSource = PushSource | KafkaSource | KinesisSource | OpaqueSource;

/** Values that come with a request. */
export interface RequestSource extends DataSourceBase {
  readonly kind: 'request_source';
  readonly schema: readonly Field[];
}

export type DataSource = BatchSource | StreamSource | RequestSource;
