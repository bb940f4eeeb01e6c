import type { SavedDataset, ValidationReference } from './definitions.js';
import { type Check, checkOptions, frozen, isName, isText, isTextMap, type NamedOptions } from './options.js';

export interface ValidationReferenceOptions extends Omit<NamedOptions, 'owner'> {
  name: string;
  /** a saved dataset, or its name */
  dataset: SavedDataset | string;
  /** the profiler in Python, `package.module.function`; Python imports it when it reads the reference */
  profiler: string;
}

const isProfiler: Check = (value) =>
  typeof value === 'string' && /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(value)
    ? undefined
    : 'the path of a Python function, package.module.function';

const isDataset: Check = (value) =>
  isName(value) === undefined || (value as SavedDataset | null)?.kind === 'saved_dataset'
    ? undefined
    : 'what savedDataset() returns, or its name';

/**
 * Declares a validation reference: a saved dataset that later data is compared with.
 * @throws CodedError DEFINITION_INVALID
 */
export function validationReference(options: ValidationReferenceOptions): ValidationReference {
  checkOptions(
    'validation reference',
    options,
    { name: isName, dataset: isDataset, profiler: isProfiler, description: isText, tags: isTextMap },
    ['name', 'dataset', 'profiler'],
  );
  const { dataset } = options;
  return frozen({
    kind: 'validation_reference',
    name: options.name,
    description: options.description ?? '',
    tags: { ...options.tags },
    dataset: typeof dataset === 'string' ? dataset : dataset.name,
    profiler: options.profiler,
  });
}
