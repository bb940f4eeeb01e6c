import type { BigQuerySource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import type { SourceCodec } from './source-codec.js';

const { BigQueryOptions, SourceType } = feast.core.DataSource;

/** Feast: bigquery_source.py. */
export const BIGQUERY_CODEC: SourceCodec<BigQuerySource> = {
  type: SourceType.BATCH_BIGQUERY,
  classOf: () => 'feast.infra.offline_stores.bigquery_source.BigQuerySource',
  encode: (source, kept) => ({
    bigqueryOptions: Object.assign(kept?.bigqueryOptions ?? new BigQueryOptions(), {
      table: source.table,
      query: source.query,
    }),
    datePartitionColumn: source.datePartitionColumn,
    timestampFieldType: source.timestampFieldType,
  }),
  decode(proto, base) {
    const options = proto.bigqueryOptions;
    return {
      kind: 'bigquery_source',
      ...base,
      table: options?.table ?? '',
      query: options?.query ?? '',
      datePartitionColumn: proto.datePartitionColumn ?? '',
      timestampFieldType: proto.timestampFieldType ?? '',
    };
  },
};
