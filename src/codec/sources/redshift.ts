import type { RedshiftSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import type { SourceCodec } from './source-codec.js';

const { RedshiftOptions, SourceType } = feast.core.DataSource;

/** Feast: redshift_source.py. */
export const REDSHIFT_CODEC: SourceCodec<RedshiftSource> = {
  type: SourceType.BATCH_REDSHIFT,
  classOf: () => 'feast.infra.offline_stores.redshift_source.RedshiftSource',
  encode: (source, kept) => ({
    redshiftOptions: Object.assign(kept?.redshiftOptions ?? new RedshiftOptions(), {
      table: source.table,
      query: source.query,
      database: source.database,
      schema: source.schema,
    }),
  }),
  decode(proto, base) {
    const options = proto.redshiftOptions;
    return {
      kind: 'redshift_source',
      ...base,
      table: options?.table ?? '',
      query: options?.query ?? '',
      database: options?.database ?? '',
      schema: options?.schema ?? '',
    };
  },
};
