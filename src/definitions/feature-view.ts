import { type Duration, parseDuration } from '../shared/duration.js';
import type { BatchSource, FeatureView, StreamSource } from './definitions.js';
import { FRESHNESS_TAG } from './freshness.js';
import { type Check, checkOptions, frozen, isDuration, isFlag } from './options.js';
import { isStreamSource } from './sources/source-class.js';
import { isBatchSource } from './sources/source-options.js';
import { VIEW_CHECKS, type ViewOptions, viewBase } from './view-base.js';

export interface FeatureViewOptions extends ViewOptions {
  /** how long a feature is valid after its event time; default 0: for ever */
  ttl?: Duration;
  /** a source of rows, or a push or stream source that has one; a schema left out is told from it on apply */
  source: BatchSource | StreamSource;
  /** whether it is materialized to the online store; default true */
  online?: boolean;
  /** default false */
  offline?: boolean;
  /** default true; false: kept registered, left out of materialization */
  enabled?: boolean;
  /** how old the newest materialized time may become, as `26h`, for `feast freshness`; default: no objective */
  freshness?: Duration;
}

const isSource: Check = (value) =>
  isBatchSource(value) === undefined || isStreamSource(value as StreamSource)
    ? undefined
    : 'what fileSource(), pushSource() or another source of rows returns';

export const FEATURE_VIEW_CHECKS: Readonly<Record<string, Check>> = {
  ...VIEW_CHECKS,
  ttl: isDuration,
  source: isSource,
  online: isFlag,
  offline: isFlag,
  enabled: isFlag,
  freshness: isDuration,
};

/**
 * Declares a feature view: features of one data source, keyed by entities.
 * @throws CodedError DEFINITION_INVALID
 */
export function featureView(options: FeatureViewOptions): FeatureView {
  checkOptions('feature view', options, FEATURE_VIEW_CHECKS, ['name', 'source']);
  return frozen(featureViewOf('feature view', options));
}

/** A feature view of checked options. */
export function featureViewOf(what: string, options: FeatureViewOptions): FeatureView {
  const stream = isStreamSource(options.source) ? options.source : undefined;
  const source = stream === undefined ? (options.source as BatchSource) : stream.batchSource;
  return {
    kind: 'feature_view',
    ...viewBase(what, { ...options, tags: tagsOf(options) }, source),
    schema: [...(options.schema ?? [])],
    ttl: options.ttl === undefined ? 0 : parseDuration(options.ttl, `${what} "${options.name}", ttl`),
    online: options.online ?? true,
    offline: options.offline ?? false,
    enabled: options.enabled ?? true,
    source,
    streamSource: stream,
    transformation: undefined,
  };
}

/** The tags, with the freshness objective among them as a text of a duration. */
function tagsOf({ tags = {}, freshness }: FeatureViewOptions): Record<string, string> {
  if (freshness === undefined) return tags;
  return { ...tags, [FRESHNESS_TAG]: typeof freshness === 'number' ? `${freshness}ms` : freshness };
}
