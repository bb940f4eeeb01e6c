import type { FeastType } from './types.js';

export type Tags = Readonly<Record<string, string>>;

/** One column of a schema. */
export interface Field {
  readonly name: string;
  readonly dtype: FeastType;
  readonly description: string;
  readonly tags: Tags;
}

export interface Named {
  readonly name: string;
  readonly description: string;
  readonly tags: Tags;
  readonly owner: string;
}
