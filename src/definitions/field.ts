import { didYouMean } from '../shared/nearest.js';
import type { Field, Tags } from './definitions.js';
import { checkOptions, frozen, invalid, isName, isText, isTextMap } from './options.js';
import { FEAST_TYPES, type FeastType, isFeastType } from './types.js';

export interface FieldOptions {
  description?: string;
  tags?: Tags;
}

/**
 * One column of a feature view's schema: `field('avg_delay', 'Float64')`.
 * @throws CodedError DEFINITION_INVALID
 */
export function field(name: string, dtype: FeastType, options: FieldOptions = {}): Field {
  if (isName(name) !== undefined) throw invalid('field', `the name must be ${isName(name)}`);
  if (!isFeastType(dtype)) {
    const hint = typeof dtype === 'string' ? didYouMean(dtype, FEAST_TYPES) : '';
    throw invalid(`field "${name}"`, `${JSON.stringify(dtype)} is not a Feast type.${hint}`);
  }
  checkOptions(`field "${name}"`, options, { description: isText, tags: isTextMap }, []);
  return frozen({ name, dtype, description: options.description ?? '', tags: { ...options.tags } });
}
