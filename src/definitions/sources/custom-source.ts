import type { CustomSource } from '../definitions.js';
import { type Check, checkOptions, frozen } from '../options.js';
import { SOURCE_CHECKS, type SourceOptions, sourceBase } from './source-options.js';

export interface CustomSourceOptions extends SourceOptions {
  name: string;
  /** the Python class that reads it, `package.module.Class` */
  classType: string;
  /** what the class is configured with; stored as JSON */
  configuration?: unknown;
}

const isClassPath: Check = (value) =>
  typeof value === 'string' && /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(value)
    ? undefined
    : 'the path of a Python class, package.module.Class';

/** Declares a source that a Python class of its own reads. @throws CodedError DEFINITION_INVALID */
export function customSource(options: CustomSourceOptions): CustomSource {
  const checks = { ...SOURCE_CHECKS, classType: isClassPath, configuration: () => undefined };
  checkOptions('custom source', options, checks, ['name', 'classType']);
  return frozen({
    kind: 'custom_source',
    ...sourceBase('custom source', options.name, options),
    classType: options.classType,
    configuration: new TextEncoder().encode(JSON.stringify(options.configuration ?? {})),
  });
}
