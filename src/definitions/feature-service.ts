import { didYouMean } from '../shared/nearest.js';
import type {
  AnyView,
  FeatureService,
  FeatureViewProjection,
  LoggingConfig,
  LoggingDestination,
} from './definitions.js';
import {
  type Check,
  checkOptions,
  frozen,
  invalid,
  isFlag,
  isListOf,
  isName,
  isNameList,
  isTextMap,
  NAMED_CHECKS,
  type NamedOptions,
  named,
} from './options.js';

export interface FeatureServiceOptions extends NamedOptions {
  name: string;
  /** whole views, or parts of them chosen with `select` */
  features: readonly (AnyView | FeatureViewProjection)[];
  /** where served features are logged */
  logging?: { readonly destination: LoggingDestination; readonly sampleRate?: number };
  /** store whole answers, ready to be served; default false */
  precomputeOnline?: boolean;
}

export interface SelectOptions {
  /** the name the view goes by in what the service returns */
  alias?: string;
  /** join key of the view → the name it has in requests */
  joinKeyMap?: Readonly<Record<string, string>>;
}

const VIEW_KINDS: readonly AnyView['kind'][] = [
  'feature_view',
  'stream_feature_view',
  'on_demand_feature_view',
  'label_view',
];

const isLogging: Check = (value) => {
  const { destination, sampleRate = 1 } = (value ?? {}) as Partial<LoggingConfig>;
  const place = destination?.type === 'file' ? destination.path : destination?.table;
  const isKnown = ['file', 'bigquery', 'redshift', 'snowflake', 'athena'].includes(destination?.type ?? '');
  return isKnown && isName(place) === undefined && sampleRate >= 0 && sampleRate <= 1
    ? undefined
    : '{ destination: { type: "file", path } or { type: "bigquery" …, table }, sampleRate: 0 to 1 }';
};

function loggingOf(logging: FeatureServiceOptions['logging']): LoggingConfig | undefined {
  if (logging === undefined) return undefined;
  const { destination, sampleRate = 1 } = logging;
  return {
    sampleRate,
    destination:
      destination.type === 'file'
        ? { type: 'file', path: destination.path, partitionBy: [...(destination.partitionBy ?? [])] }
        : { type: destination.type, table: destination.table },
  };
}

/**
 * Chooses features of a view for a feature service: `select(view, ['avg_delay'])`.
 * @param features feature names; undefined: all
 * @throws CodedError DEFINITION_INVALID; where the schema is inferred, an unknown name is found on apply
 */
export function select(
  view: AnyView,
  features?: readonly string[],
  options: SelectOptions = {},
): FeatureViewProjection {
  if (!VIEW_KINDS.includes(view?.kind)) throw invalid('select', 'takes what featureView() returns first');
  const place = `select of feature view "${view.name}"`;
  checkOptions(place, options, { alias: isName, joinKeyMap: isTextMap }, []);
  if (features !== undefined) {
    const expected = isNameList(features);
    if (expected !== undefined) throw invalid(place, `the second argument must be ${expected}`);
    if (view.features.length > 0) checkFeatures(place, view, features);
  }
  return frozen({
    kind: 'projection',
    viewName: view.name,
    alias: options.alias ?? '',
    features: undefined,
    featureNames: features === undefined ? undefined : [...features],
    joinKeyMap: { ...options.joinKeyMap },
  });
}

function checkFeatures(place: string, view: AnyView, names: readonly string[]): void {
  const known = view.features.map((feature) => feature.name);
  for (const name of names) {
    if (!known.includes(name)) {
      throw invalid(place, `the view has no feature "${name}".${didYouMean(name, known)}`);
    }
  }
}

/**
 * Declares a feature service: the features that one model reads.
 * @throws CodedError DEFINITION_INVALID
 */
export function featureService(options: FeatureServiceOptions): FeatureService {
  checkOptions(
    'feature service',
    options,
    {
      name: isName,
      features: isListOf([...VIEW_KINDS, 'projection'], 'featureView() or select()'),
      logging: isLogging,
      precomputeOnline: isFlag,
      ...NAMED_CHECKS,
    },
    ['name', 'features'],
  );
  return frozen({
    kind: 'feature_service',
    ...named(options.name, options),
    projections: options.features.map((part) => (part.kind === 'projection' ? part : select(part))),
    logging: loggingOf(options.logging),
    precomputeOnline: options.precomputeOnline ?? false,
  });
}
