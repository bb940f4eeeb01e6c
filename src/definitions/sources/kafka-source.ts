import { type Duration, parseDuration } from '../../shared/duration.js';
import type { BatchSource, KafkaSource, StreamFormat } from '../definitions.js';
import { checkOptions, frozen, isDuration, isText } from '../options.js';
import {
  isBatchSource,
  isStreamFormat,
  SOURCE_CHECKS,
  type SourceOptions,
  sourceBase,
  streamFormat,
} from './source-options.js';

export interface KafkaSourceOptions extends SourceOptions {
  name: string;
  timestampField: string;
  bootstrapServers: string;
  topic: string;
  messageFormat: StreamFormat;
  /** what is read for history */
  batchSource: BatchSource;
  /** how late a message may come */
  watermarkDelayThreshold?: Duration;
}

const CHECKS = {
  ...SOURCE_CHECKS,
  bootstrapServers: isText,
  topic: isText,
  messageFormat: isStreamFormat,
  batchSource: isBatchSource,
  watermarkDelayThreshold: isDuration,
};

/** Declares a topic of Kafka that holds feature rows. @throws CodedError DEFINITION_INVALID */
export function kafkaSource(options: KafkaSourceOptions): KafkaSource {
  const required = ['name', 'timestampField', 'bootstrapServers', 'topic', 'messageFormat', 'batchSource'];
  checkOptions('Kafka source', options, CHECKS, required);
  const { watermarkDelayThreshold: delay } = options;
  return frozen({
    kind: 'kafka_source',
    ...sourceBase('Kafka source', options.name, options),
    bootstrapServers: options.bootstrapServers,
    topic: options.topic,
    format: streamFormat(options.messageFormat),
    batchSource: options.batchSource,
    watermarkDelayThreshold:
      delay === undefined ? undefined : parseDuration(delay, `Kafka source "${options.name}"`),
  });
}
