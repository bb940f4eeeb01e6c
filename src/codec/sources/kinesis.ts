import type { KinesisSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import { decodeStreamFormat, encodeStreamFormat, type SourceCodec } from './source-codec.js';

const { KinesisOptions, SourceType } = feast.core.DataSource;

/** Feast: data_source.py, KinesisSource. */
export const KINESIS_CODEC: SourceCodec<KinesisSource> = {
  type: SourceType.STREAM_KINESIS,
  classOf: () => 'feast.data_source.KinesisSource',
  encode: (source, kept, nested) => ({
    kinesisOptions: Object.assign(kept?.kinesisOptions ?? new KinesisOptions(), {
      region: source.region,
      streamName: source.streamName,
      recordFormat: encodeStreamFormat(source.format),
    }),
    batchSource: nested(source.batchSource),
  }),
  decode(proto, base, nested) {
    const options = proto.kinesisOptions;
    const format = decodeStreamFormat(options?.recordFormat);
    const batchSource = proto.batchSource ? nested(proto.batchSource) : undefined;
    if (format === undefined || batchSource === undefined) return undefined;
    return {
      kind: 'kinesis_source',
      ...base,
      region: options?.region ?? '',
      streamName: options?.streamName ?? '',
      format,
      batchSource,
    };
  },
};
