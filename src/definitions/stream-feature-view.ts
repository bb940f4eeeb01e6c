import { type Duration, parseDuration } from '../shared/duration.js';
import type { StreamFeatureView, StreamSource } from './definitions.js';
import { type Check, checkOptions, frozen, invalid, isDuration, isFlag, isOneOf, isText } from './options.js';
import { isStreamSource } from './sources/source-class.js';
import {
  type AggregationOptions,
  aggregationsOf,
  isAggregations,
  isTransformation,
  type TransformationOptions,
  transformationOf,
} from './transformation.js';
import { VIEW_CHECKS, type ViewOptions, viewBase } from './view-base.js';

export interface StreamFeatureViewOptions extends ViewOptions {
  source: Exclude<StreamSource, { kind: 'opaque_source' }>;
  /** how long a feature is valid after its event time; default 0: for ever */
  ttl?: Duration;
  /** default true */
  online?: boolean;
  /** default true */
  enabled?: boolean;
  /** what the function takes; default python */
  mode?: 'python' | 'pandas' | 'spark' | 'spark_sql' | 'flink';
  transformation?: TransformationOptions;
  aggregations?: readonly AggregationOptions[];
  /** column of the event time; aggregations need it */
  timestampField?: string;
  enableTiling?: boolean;
  tilingHopSize?: Duration;
}

const isSource: Check = (value) =>
  isStreamSource(value as StreamSource)
    ? undefined
    : 'what kafkaSource(), kinesisSource() or pushSource() returns';

const CHECKS = {
  ...VIEW_CHECKS,
  source: isSource,
  ttl: isDuration,
  online: isFlag,
  enabled: isFlag,
  mode: isOneOf(['python', 'pandas', 'spark', 'spark_sql', 'flink']),
  transformation: isTransformation,
  aggregations: isAggregations,
  timestampField: isText,
  enableTiling: isFlag,
  tilingHopSize: isDuration,
};

/** Feast: stream_feature_view.py. */
const DEFAULT_HOP_MS = 5 * 60_000;

/**
 * Declares a stream feature view: features of rows that come in through a stream.
 * Feast: stream_feature_view.py.
 * @throws CodedError DEFINITION_INVALID
 */
export function streamFeatureView(options: StreamFeatureViewOptions): StreamFeatureView {
  checkOptions('stream feature view', options, CHECKS, ['name', 'source']);
  const place = `stream feature view "${options.name}"`;
  const { source: stream, mode = 'python', timestampField = '', transformation } = options;
  const aggregations = aggregationsOf(options.aggregations);
  const tilingHopSize = parseDuration(options.tilingHopSize ?? 0, `${place}, tilingHopSize`);
  if (aggregations.length > 0 && timestampField === '') {
    throw invalid(place, 'aggregations need timestampField, the column they are over');
  }
  const windows = aggregations.map((aggregation) => aggregation.timeWindow).filter((window) => window > 0);
  if (options.enableTiling && windows.some((window) => (tilingHopSize || DEFAULT_HOP_MS) >= window)) {
    throw invalid(place, 'tilingHopSize must be smaller than every time window of its aggregations');
  }
  return frozen({
    kind: 'stream_feature_view',
    ...viewBase('stream feature view', options, stream.batchSource),
    ttl: parseDuration(options.ttl ?? 0, `${place}, ttl`),
    online: options.online ?? true,
    enabled: options.enabled ?? true,
    source: stream.batchSource,
    streamSource: stream,
    mode,
    timestampField,
    aggregations,
    transformation: transformation && transformationOf(place, mode, transformation),
    enableTiling: options.enableTiling ?? false,
    tilingHopSize,
  });
}
