import { type Codec, feast } from '../codec/index.js';
import type { Collection } from './collections.js';

const { core } = feast;

const CODECS = {
  projects: core.Project,
  entities: core.Entity,
  dataSources: core.DataSource,
  featureViews: core.FeatureView,
  onDemandFeatureViews: core.OnDemandFeatureView,
  streamFeatureViews: core.StreamFeatureView,
  labelViews: core.LabelView,
  featureServices: core.FeatureService,
  savedDatasets: core.SavedDataset,
  validationReferences: core.ValidationReference,
  permissions: core.Permission,
  featureTables: core.FeatureTable,
} as const satisfies Record<Collection, unknown>;

/** The codec of the objects in a list of the registry. */
export function codecOf(collection: Collection): Codec<object, object> {
  return CODECS[collection] as unknown as Codec<object, object>;
}

/**
 * Whether two objects are the same byte by byte, but for their times and what else is in their meta. True is certain;
 * false may be told of two that mean the same, such as one that Python encoded.
 */
export function isIdentical(collection: Collection, a: object, b: object): boolean {
  return bytesOf(collection, a).equals(bytesOf(collection, b));
}

function bytesOf(collection: Collection, proto: object): Buffer {
  const bare = { ...proto } as { meta?: unknown };
  delete bare.meta;
  const bytes = codecOf(collection).encode(bare).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
