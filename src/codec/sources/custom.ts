import type { CustomSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import type { SourceCodec } from './source-codec.js';

const { CustomSourceOptions, SourceType } = feast.core.DataSource;

/** Feast: data_source.py, from_proto; the class reads the configuration. */
export const CUSTOM_CODEC: SourceCodec<CustomSource> = {
  type: SourceType.CUSTOM_SOURCE,
  classOf: (source) => source.classType,
  encode: (source) => ({
    customOptions: new CustomSourceOptions({ configuration: source.configuration }),
  }),
  decode(proto, base) {
    if (!proto.dataSourceClassType) return undefined;
    return {
      kind: 'custom_source',
      ...base,
      classType: proto.dataSourceClassType,
      // plain bytes, whichever class the decoder gives
      configuration: Uint8Array.from(proto.customOptions?.configuration ?? []),
    };
  },
};
