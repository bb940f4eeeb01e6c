import type { TrinoSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import type { SourceCodec } from './source-codec.js';

const { TrinoOptions, SourceType } = feast.core.DataSource;

/** Feast: trino_source.py. */
export const TRINO_CODEC: SourceCodec<TrinoSource> = {
  type: SourceType.BATCH_TRINO,
  classOf: () => 'feast.infra.offline_stores.contrib.trino_offline_store.trino_source.TrinoSource',
  encode: (source, kept) => ({
    trinoOptions: Object.assign(kept?.trinoOptions ?? new TrinoOptions(), {
      table: source.table,
      query: source.query,
    }),
  }),
  decode(proto, base) {
    const options = proto.trinoOptions;
    return {
      kind: 'trino_source',
      ...base,
      table: options?.table ?? '',
      query: options?.query ?? '',
    };
  },
};
