import type { RepositoryContents } from '../repository/index.js';
import { type InferOptions, inferContents } from './infer.js';
import { validateContents } from './validate.js';

export interface PrepareOptions extends InferOptions {
  readonly project: string;
  readonly partial?: boolean;
}

/**
 * Makes declared contents ready for planning: validated, with everything inferred that was left out.
 * @throws CodedError as validateContents and inferContents
 */
export async function prepareContents(
  contents: RepositoryContents,
  options: PrepareOptions,
): Promise<RepositoryContents> {
  const { project, partial = false } = options;
  validateContents(contents, project, { partial });
  const inferred = await inferContents(contents, options);
  // once more: a service can choose features of a view whose schema was not known before
  validateContents(inferred, project, { partial });
  return inferred;
}
