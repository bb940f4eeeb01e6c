import type { FeatureColumn, OnlineFeatures } from '../retrieval/index.js';

export interface OnlineRequest {
  /** feature references, `view:feature`, or the name of a feature service */
  readonly features: readonly string[] | { readonly service: string };
  /** one object an entity: values by join key; the same keys in each */
  readonly entityRows: readonly Readonly<Record<string, unknown>>[];
  /** name features `view__feature`; default false */
  readonly fullFeatureNames?: boolean;
}

/** An answer of `getOnlineFeatures`: join keys first, then the features in the order asked. */
export class OnlineResponse implements OnlineFeatures {
  readonly featureNames: readonly string[];
  /** values, statuses and event times of each name, an element an entity row */
  readonly results: readonly FeatureColumn[];

  constructor(answer: OnlineFeatures) {
    this.featureNames = answer.featureNames;
    this.results = answer.results;
  }

  /** Values by name: `{ airport: ['ATL'], departures: [18] }`. */
  toColumns(): Record<string, readonly unknown[]> {
    return Object.fromEntries(this.featureNames.map((name, i) => [name, this.results[i]!.values]));
  }

  /** One object an entity row: `[{ airport: 'ATL', departures: 18 }]`. */
  toRows(): Record<string, unknown>[] {
    const count = this.results[0]?.values.length ?? 0;
    return Array.from({ length: count }, (_, row) =>
      Object.fromEntries(this.featureNames.map((name, i) => [name, this.results[i]!.values[row]])),
    );
  }
}
