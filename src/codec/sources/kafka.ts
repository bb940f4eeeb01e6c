import type { KafkaSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import { durationMs, durationOf } from '../time.js';
import { decodeStreamFormat, encodeStreamFormat, type SourceCodec } from './source-codec.js';

const { KafkaOptions, SourceType } = feast.core.DataSource;

/** Feast: data_source.py, KafkaSource. */
export const KAFKA_CODEC: SourceCodec<KafkaSource> = {
  type: SourceType.STREAM_KAFKA,
  classOf: () => 'feast.data_source.KafkaSource',
  encode(source, kept, nested) {
    const { watermarkDelayThreshold: delay } = source;
    return {
      kafkaOptions: Object.assign(kept?.kafkaOptions ?? new KafkaOptions(), {
        kafkaBootstrapServers: source.bootstrapServers,
        topic: source.topic,
        messageFormat: encodeStreamFormat(source.format),
        watermarkDelayThreshold: delay === undefined ? null : durationOf(delay),
      }),
      batchSource: nested(source.batchSource),
    };
  },
  decode(proto, base, nested) {
    const options = proto.kafkaOptions;
    const format = decodeStreamFormat(options?.messageFormat);
    const batchSource = proto.batchSource ? nested(proto.batchSource) : undefined;
    if (format === undefined || batchSource === undefined) return undefined;
    const delay = options?.watermarkDelayThreshold;
    return {
      kind: 'kafka_source',
      ...base,
      bootstrapServers: options?.kafkaBootstrapServers ?? '',
      topic: options?.topic ?? '',
      format,
      batchSource,
      watermarkDelayThreshold: delay ? durationMs(delay) : undefined,
    };
  },
};
