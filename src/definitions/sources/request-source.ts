import type { Field, RequestSource } from '../definitions.js';
import type { NamedOptions } from '../options.js';
import { checkOptions, frozen, isSchema } from '../options.js';
import { SOURCE_CHECKS, sourceBase } from './source-options.js';

export interface RequestSourceOptions extends NamedOptions {
  name: string;
  schema: readonly Field[];
}

/** Declares values that come with a request, for on-demand features. @throws CodedError DEFINITION_INVALID */
export function requestSource(options: RequestSourceOptions): RequestSource {
  const { name, description, tags, owner } = SOURCE_CHECKS;
  checkOptions('request source', options, { name, description, tags, owner, schema: isSchema }, [
    'name',
    'schema',
  ]);
  return frozen({
    kind: 'request_source',
    ...sourceBase('request source', options.name, options),
    schema: [...options.schema],
  });
}
