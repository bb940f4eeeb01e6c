import type { DataSource, StreamSource } from '../definitions.js';

const CLASS_NAMES = {
  file_source: 'FileSource',
  bigquery_source: 'BigQuerySource',
  snowflake_source: 'SnowflakeSource',
  redshift_source: 'RedshiftSource',
  athena_source: 'AthenaSource',
  trino_source: 'TrinoSource',
  postgresql_source: 'PostgreSQLSource',
  spark_source: 'SparkSource',
  push_source: 'PushSource',
  kafka_source: 'KafkaSource',
  kinesis_source: 'KinesisSource',
  request_source: 'RequestSource',
} as const;

/** The name Feast's class for a source has: `KafkaSource`. */
export function classNameOf(source: DataSource): string {
  if (source.kind === 'opaque_source') return source.sourceType;
  if (source.kind === 'custom_source') return source.classType.split('.').at(-1)!;
  return CLASS_NAMES[source.kind];
}

/** Whether rows come in through a source as they happen, beside a batch source. */
export function isStreamSource(
  source: DataSource,
): source is Exclude<StreamSource, { kind: 'opaque_source' }> {
  return source.kind === 'push_source' || source.kind === 'kafka_source' || source.kind === 'kinesis_source';
}
