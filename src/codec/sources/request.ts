import type { RequestSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import { decodeField, encodeFields } from '../field.js';
import type { SourceCodec } from './source-codec.js';

const { RequestDataOptions, SourceType } = feast.core.DataSource;

/** Feast: data_source.py, RequestSource. */
export const REQUEST_CODEC: SourceCodec<RequestSource> = {
  type: SourceType.REQUEST_SOURCE,
  classOf: () => 'feast.data_source.RequestSource',
  encode(source, kept) {
    const options = kept?.requestDataOptions ?? new RequestDataOptions();
    return {
      requestDataOptions: Object.assign(options, {
        schema: encodeFields(source.schema, options.schema ?? []),
      }),
    };
  },
  decode: (proto, base) => ({
    kind: 'request_source',
    ...base,
    schema: (proto.requestDataOptions?.schema ?? []).map(decodeField),
  }),
};
