import type { DatasetStorage, SavedDataset } from '../definitions/index.js';
import { cloneMessage, feast } from './feast.js';
import { stamp } from './meta.js';

const { SavedDataset: Proto, SavedDatasetMeta, SavedDatasetSpec, SavedDatasetStorage } = feast.core;
const { AthenaOptions, BigQueryOptions, FileOptions, RedshiftOptions } = feast.core.DataSource;
const { SnowflakeOptions, SparkOptions, TrinoOptions } = feast.core.DataSource;

/**
 * The proto of a saved dataset. Feast: saved_dataset.py.
 * @param existing what the registry holds: its times, a storage that cannot be declared, and fields unknown here
 *   are kept
 * @param now microseconds since the epoch
 */
export function encodeSavedDataset(
  dataset: SavedDataset,
  project: string,
  existing: feast.core.SavedDataset | undefined,
  now: bigint,
): feast.core.SavedDataset {
  const proto = existing === undefined ? new Proto() : cloneMessage(Proto, existing);
  const spec = proto.spec ?? new SavedDatasetSpec();
  proto.spec = Object.assign(spec, {
    name: dataset.name,
    project,
    features: [...dataset.features],
    joinKeys: [...dataset.joinKeys],
    fullFeatureNames: dataset.fullFeatureNames,
    featureServiceName: dataset.featureService,
    description: dataset.description,
    tags: { ...dataset.tags },
    storage: dataset.storage === undefined ? spec.storage : encodeStorage(dataset.storage, spec.storage),
  });
  proto.meta = stamp(proto.meta ?? new SavedDatasetMeta(), now);
  return proto;
}

function encodeStorage(
  storage: DatasetStorage,
  kept: feast.core.SavedDatasetStorage.$Properties | null | undefined,
): feast.core.SavedDatasetStorage {
  switch (storage.type) {
    case 'file': {
      const fileStorage = Object.assign(kept?.fileStorage ?? new FileOptions(), { uri: storage.path });
      return new SavedDatasetStorage({ fileStorage });
    }
    case 'bigquery':
      return new SavedDatasetStorage({ bigqueryStorage: new BigQueryOptions({ table: storage.table }) });
    case 'redshift':
      return new SavedDatasetStorage({ redshiftStorage: new RedshiftOptions({ table: storage.table }) });
    case 'snowflake':
      return new SavedDatasetStorage({ snowflakeStorage: new SnowflakeOptions({ table: storage.table }) });
    case 'trino':
      return new SavedDatasetStorage({ trinoStorage: new TrinoOptions({ table: storage.table }) });
    case 'athena':
      return new SavedDatasetStorage({ athenaStorage: new AthenaOptions({ table: storage.table }) });
    case 'spark':
      return new SavedDatasetStorage({ sparkStorage: new SparkOptions({ table: storage.table }) });
  }
}

export function decodeSavedDataset(proto: feast.core.SavedDataset): SavedDataset {
  const spec = proto.spec ?? {};
  return Object.freeze({
    kind: 'saved_dataset',
    name: spec.name ?? '',
    description: spec.description ?? '',
    tags: Object.freeze({ ...spec.tags }),
    features: Object.freeze([...(spec.features ?? [])]),
    joinKeys: Object.freeze([...(spec.joinKeys ?? [])]),
    fullFeatureNames: spec.fullFeatureNames ?? false,
    featureService: spec.featureServiceName ?? '',
    storage: Object.freeze(decodeStorage(spec.storage ?? {})),
  });
}

function decodeStorage(proto: feast.core.SavedDatasetStorage.$Properties): DatasetStorage | undefined {
  if (proto.fileStorage) return { type: 'file', path: proto.fileStorage.uri ?? '' };
  for (const type of ['bigquery', 'redshift', 'snowflake', 'trino', 'athena', 'spark'] as const) {
    const table = proto[`${type}Storage`]?.table;
    if (table) return { type, table };
  }
  return undefined;
}
