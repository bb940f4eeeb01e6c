import type { Aggregation, Tags, Transformation } from '../definitions/index.js';
import { cloneMessage, feast } from './feast.js';
import { durationMs, durationOf } from './time.js';

const { Aggregation: AggregationProto, FeatureTransformationV2, UserDefinedFunctionV2 } = feast.core;

/** Where a function in TypeScript lives; Feast's protos have no field for it. */
const LOCATION_TAG = 'feast-scheduler:function';

/** The tags of a view as they are registered: with the place of its function. */
export function tagsWithLocation(
  tags: Tags,
  transformation: Transformation | undefined,
): Record<string, string> {
  return transformation?.location ? { ...tags, [LOCATION_TAG]: transformation.location } : { ...tags };
}

/** The tags of a registered view as they were declared, and the place of its function, '' for none. */
export function splitLocation(registered: { [key: string]: string } | null | undefined): {
  tags: Tags;
  location: string;
} {
  const { [LOCATION_TAG]: location = '', ...tags } = registered ?? {};
  return { tags: Object.freeze(tags), location };
}

/**
 * The proto of a function. A function of a name and text that Python registered keeps what Python pickled.
 * Feast: transformation/base.py.
 */
export function encodeTransformation(
  { mode, name, bodyText, body }: Transformation,
  existing: feast.core.FeatureTransformationV2.$Properties | null | undefined,
): feast.core.FeatureTransformationV2 {
  const known = existing?.userDefinedFunction;
  const isKnown = known?.name === name && known.bodyText === bodyText && known.mode === mode;
  if (isKnown) return cloneMessage(FeatureTransformationV2, existing!);
  return new FeatureTransformationV2({
    userDefinedFunction: new UserDefinedFunctionV2({ name, body, bodyText, mode }),
  });
}

/** undefined: there is none, or one that no definition can say (Substrait). */
export function decodeTransformation(
  proto: feast.core.FeatureTransformationV2.$Properties | null | undefined,
  location: string,
): Transformation | undefined {
  const known = proto?.userDefinedFunction;
  if (!known) return undefined;
  return Object.freeze({
    mode: known.mode ?? '',
    name: known.name ?? '',
    location,
    bodyText: known.bodyText ?? '',
    body: Uint8Array.from(known.body ?? []),
  });
}

/** Whether Python pickled a function, or a plan, which cannot be declared here. */
export function isForeignTransformation(
  proto: feast.core.FeatureTransformationV2.$Properties | null | undefined,
): boolean {
  return (proto?.userDefinedFunction?.body?.length ?? 0) > 0 || !!proto?.substraitTransformation;
}

/** Feast: aggregation/__init__.py. */
export function encodeAggregations(aggregations: readonly Aggregation[]): feast.core.Aggregation[] {
  return aggregations.map(
    ({ column, function: operation, timeWindow, slideInterval, name }) =>
      new AggregationProto({
        column,
        function: operation,
        timeWindow: timeWindow === 0 ? null : durationOf(timeWindow),
        slideInterval: slideInterval === 0 ? null : durationOf(slideInterval),
        name,
      }),
  );
}

export function decodeAggregations(
  protos: readonly feast.core.Aggregation.$Properties[] | null | undefined,
): readonly Aggregation[] {
  return Object.freeze(
    (protos ?? []).map((proto) =>
      Object.freeze({
        column: proto.column ?? '',
        function: proto.function ?? '',
        timeWindow: durationMs(proto.timeWindow),
        slideInterval: durationMs(proto.slideInterval),
        name: proto.name ?? '',
      }),
    ),
  );
}
