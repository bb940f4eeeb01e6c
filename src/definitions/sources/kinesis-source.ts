import type { BatchSource, KinesisSource, StreamFormat } from '../definitions.js';
import { checkOptions, frozen, isText } from '../options.js';
import {
  isBatchSource,
  isStreamFormat,
  SOURCE_CHECKS,
  type SourceOptions,
  sourceBase,
  streamFormat,
} from './source-options.js';

export interface KinesisSourceOptions extends SourceOptions {
  name: string;
  region: string;
  streamName: string;
  recordFormat: StreamFormat;
  /** what is read for history */
  batchSource: BatchSource;
}

const CHECKS = {
  ...SOURCE_CHECKS,
  region: isText,
  streamName: isText,
  recordFormat: isStreamFormat,
  batchSource: isBatchSource,
};

/** Declares a stream of Kinesis that holds feature rows. @throws CodedError DEFINITION_INVALID */
export function kinesisSource(options: KinesisSourceOptions): KinesisSource {
  const required = ['name', 'region', 'streamName', 'recordFormat', 'batchSource'];
  checkOptions('Kinesis source', options, CHECKS, required);
  return frozen({
    kind: 'kinesis_source',
    ...sourceBase('Kinesis source', options.name, options),
    region: options.region,
    streamName: options.streamName,
    format: streamFormat(options.recordFormat),
    batchSource: options.batchSource,
  });
}
