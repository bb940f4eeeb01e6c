import type { AthenaSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import type { SourceCodec } from './source-codec.js';

const { AthenaOptions, SourceType } = feast.core.DataSource;

/** Feast: athena_source.py. */
export const ATHENA_CODEC: SourceCodec<AthenaSource> = {
  type: SourceType.BATCH_ATHENA,
  classOf: () => 'feast.infra.offline_stores.contrib.athena_offline_store.athena_source.AthenaSource',
  encode: (source, kept) => ({
    athenaOptions: Object.assign(kept?.athenaOptions ?? new AthenaOptions(), {
      table: source.table,
      query: source.query,
      database: source.database,
      dataSource: source.dataSource,
    }),
    datePartitionColumn: source.datePartitionColumn,
  }),
  decode(proto, base) {
    const options = proto.athenaOptions;
    return {
      kind: 'athena_source',
      ...base,
      table: options?.table ?? '',
      query: options?.query ?? '',
      database: options?.database ?? '',
      dataSource: options?.dataSource ?? '',
      datePartitionColumn: proto.datePartitionColumn ?? '',
    };
  },
};
