import type { DatasetStorage, SavedDataset } from './definitions.js';
import {
  type Check,
  checkOptions,
  frozen,
  isFlag,
  isName,
  isNameList,
  isText,
  isTextMap,
  type NamedOptions,
} from './options.js';

export interface SavedDatasetOptions extends Omit<NamedOptions, 'owner'> {
  name: string;
  /** feature references, `view:feature` */
  features: readonly string[];
  joinKeys: readonly string[];
  storage: DatasetStorage;
  /** whether columns are named `view__feature`; default false */
  fullFeatureNames?: boolean;
  /** name of the feature service the features were chosen by */
  featureService?: string;
}

const TABLE_TYPES = ['bigquery', 'redshift', 'snowflake', 'trino', 'athena', 'spark'];

const isStorage: Check = (value) => {
  const storage = value as Partial<Record<string, unknown>> | null;
  const isFile = storage?.type === 'file' && isName(storage.path) === undefined;
  const isTable = TABLE_TYPES.includes(String(storage?.type)) && isName(storage?.table) === undefined;
  return isFile || isTable
    ? undefined
    : `{ type: "file", path } or { type: ${TABLE_TYPES.join(' | ')}, table }`;
};

/**
 * Declares a saved dataset: rows of historical features that are stored somewhere. Feast: saved_dataset.py.
 * @throws CodedError DEFINITION_INVALID
 */
export function savedDataset(options: SavedDatasetOptions): SavedDataset {
  checkOptions(
    'saved dataset',
    options,
    {
      name: isName,
      features: isNameList,
      joinKeys: isNameList,
      storage: isStorage,
      fullFeatureNames: isFlag,
      featureService: isText,
      description: isText,
      tags: isTextMap,
    },
    ['name', 'features', 'joinKeys', 'storage'],
  );
  return frozen({
    kind: 'saved_dataset',
    name: options.name,
    description: options.description ?? '',
    tags: { ...options.tags },
    features: [...options.features],
    joinKeys: [...options.joinKeys],
    fullFeatureNames: options.fullFeatureNames ?? false,
    featureService: options.featureService ?? '',
    storage: { ...options.storage },
  });
}
