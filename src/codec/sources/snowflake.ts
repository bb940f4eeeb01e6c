import type { SnowflakeSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import type { SourceCodec } from './source-codec.js';

const { SnowflakeOptions, SourceType } = feast.core.DataSource;

/** Feast: snowflake_source.py. */
export const SNOWFLAKE_CODEC: SourceCodec<SnowflakeSource> = {
  type: SourceType.BATCH_SNOWFLAKE,
  classOf: () => 'feast.infra.offline_stores.snowflake_source.SnowflakeSource',
  encode: (source, kept) => ({
    snowflakeOptions: Object.assign(kept?.snowflakeOptions ?? new SnowflakeOptions(), {
      table: source.table,
      query: source.query,
      database: source.database,
      schema: source.schema,
    }),
  }),
  decode(proto, base) {
    const options = proto.snowflakeOptions;
    return {
      kind: 'snowflake_source',
      ...base,
      table: options?.table ?? '',
      query: options?.query ?? '',
      database: options?.database ?? '',
      schema: options?.schema ?? '',
    };
  },
};
