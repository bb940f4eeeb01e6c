import type { FeatureService, LoggingConfig } from '../definitions/index.js';
import { cloneMessage, feast } from './feast.js';
import { stamp } from './meta.js';
import { decodeProjection, encodeProjection, type ViewProto } from './projection.js';

const {
  FeatureService: Proto,
  FeatureServiceMeta,
  FeatureServiceSpec,
  LoggingConfig: LoggingProto,
} = feast.core;

/**
 * The proto of a feature service.
 * @param viewProto gives the proto of a view that is being registered, with its features and source
 * @param existing what the registry holds: its creation time, a logging destination that cannot be declared, and
 *   fields unknown here are kept
 * @param now microseconds since the epoch
 */
export function encodeFeatureService(
  service: FeatureService,
  project: string,
  viewProto: (name: string) => ViewProto,
  existing: feast.core.FeatureService | undefined,
  now: bigint,
): feast.core.FeatureService {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  const spec = proto.spec ?? new FeatureServiceSpec();
  const isForeignLogging = !!spec.loggingConfig && decodeLogging(spec.loggingConfig) === undefined;
  proto.spec = Object.assign(spec, {
    name: service.name,
    project,
    features: service.projections.map((part) => encodeProjection(part, viewProto(part.viewName))),
    tags: { ...service.tags },
    description: service.description,
    owner: service.owner,
    loggingConfig:
      service.logging === undefined
        ? isForeignLogging
          ? spec.loggingConfig
          : null
        : encodeLogging(service.logging),
    precomputeOnline: service.precomputeOnline,
  });
  proto.meta = stamp(proto.meta ?? new FeatureServiceMeta(), now);
  return proto;
}

export function decodeFeatureService(proto: feast.core.FeatureService): FeatureService {
  const spec = proto.spec ?? {};
  return Object.freeze({
    kind: 'feature_service',
    name: spec.name ?? '',
    description: spec.description ?? '',
    tags: Object.freeze({ ...spec.tags }),
    owner: spec.owner ?? '',
    projections: Object.freeze((spec.features ?? []).map(decodeProjection)),
    logging: spec.loggingConfig ? decodeLogging(spec.loggingConfig) : undefined,
    precomputeOnline: spec.precomputeOnline ?? false,
  });
}

/** Feast: feature_logging.py and the source of each store. */
function encodeLogging({ sampleRate, destination }: LoggingConfig): feast.core.LoggingConfig {
  switch (destination.type) {
    case 'file': {
      const { path, partitionBy } = destination;
      return new LoggingProto({
        sampleRate,
        fileDestination: new LoggingProto.FileDestination({ path, partitionBy: [...partitionBy] }),
      });
    }
    case 'bigquery':
      return new LoggingProto({
        sampleRate,
        bigqueryDestination: new LoggingProto.BigQueryDestination({ tableRef: destination.table }),
      });
    case 'redshift':
      return new LoggingProto({
        sampleRate,
        redshiftDestination: new LoggingProto.RedshiftDestination({ tableName: destination.table }),
      });
    case 'snowflake':
      return new LoggingProto({
        sampleRate,
        snowflakeDestination: new LoggingProto.SnowflakeDestination({ tableName: destination.table }),
      });
    case 'athena':
      return new LoggingProto({
        sampleRate,
        athenaDestination: new LoggingProto.AthenaDestination({ tableName: destination.table }),
      });
  }
}

/** undefined: a destination that cannot be declared here. */
function decodeLogging(proto: feast.core.LoggingConfig.$Properties): LoggingConfig | undefined {
  const destination = destinationOf(proto);
  if (destination === undefined) return undefined;
  return Object.freeze({ sampleRate: proto.sampleRate ?? 0, destination: Object.freeze(destination) });
}

function destinationOf(
  proto: feast.core.LoggingConfig.$Properties,
): LoggingConfig['destination'] | undefined {
  const { fileDestination, bigqueryDestination, redshiftDestination } = proto;
  const { snowflakeDestination, athenaDestination } = proto;
  if (fileDestination && !fileDestination.s3EndpointOverride) {
    return { type: 'file', path: fileDestination.path ?? '', partitionBy: fileDestination.partitionBy ?? [] };
  }
  if (bigqueryDestination) return { type: 'bigquery', table: bigqueryDestination.tableRef ?? '' };
  if (redshiftDestination) return { type: 'redshift', table: redshiftDestination.tableName ?? '' };
  if (snowflakeDestination) return { type: 'snowflake', table: snowflakeDestination.tableName ?? '' };
  return athenaDestination ? { type: 'athena', table: athenaDestination.tableName ?? '' } : undefined;
}
