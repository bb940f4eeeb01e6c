import type { SparkSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import type { SourceCodec } from './source-codec.js';

const { SparkOptions, SourceType } = feast.core.DataSource;

/** Feast: spark_source.py; a table format that Python gave is kept. */
export const SPARK_CODEC: SourceCodec<SparkSource> = {
  type: SourceType.BATCH_SPARK,
  classOf: () => 'feast.infra.offline_stores.contrib.spark_offline_store.spark_source.SparkSource',
  encode: (source, kept) => ({
    sparkOptions: Object.assign(kept?.sparkOptions ?? new SparkOptions(), {
      table: source.table,
      query: source.query,
      path: source.path,
      fileFormat: source.fileFormat,
      datePartitionColumnFormat: source.datePartitionColumnFormat,
    }),
    datePartitionColumn: source.datePartitionColumn,
  }),
  decode(proto, base) {
    const options = proto.sparkOptions;
    return {
      kind: 'spark_source',
      ...base,
      table: options?.table ?? '',
      query: options?.query ?? '',
      path: options?.path ?? '',
      fileFormat: options?.fileFormat ?? '',
      datePartitionColumnFormat: options?.datePartitionColumnFormat ?? '',
      datePartitionColumn: proto.datePartitionColumn ?? '',
    };
  },
};
