import type { BatchSource, PushSource } from '../definitions.js';
import { checkOptions, frozen, isName, NAMED_CHECKS, type NamedOptions, named } from '../options.js';
import { isBatchSource } from './source-options.js';

export interface PushSourceOptions extends NamedOptions {
  name: string;
  /** where pushed rows are kept, and what is read for history */
  batchSource: BatchSource;
}

/** Declares a source into which programs push rows. @throws CodedError DEFINITION_INVALID */
export function pushSource(options: PushSourceOptions): PushSource {
  const checks = { name: isName, batchSource: isBatchSource, ...NAMED_CHECKS };
  checkOptions('push source', options, checks, ['name', 'batchSource']);
  const { batchSource } = options;
  return frozen({
    kind: 'push_source',
    ...named(options.name, options),
    timestampField: batchSource.timestampField,
    createdTimestampColumn: batchSource.createdTimestampColumn,
    fieldMapping: { ...batchSource.fieldMapping },
    batchSource,
  });
}
