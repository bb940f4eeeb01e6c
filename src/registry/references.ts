/** What registered objects are built on: names that they mention. */
import type { feast } from '../codec/index.js';
import { DUMMY_ENTITY } from '../definitions/index.js';
import type { Collection } from './collections.js';

/** `feature_view` is a view of any kind: their names do not clash. */
export type ReferencedKind = 'entity' | 'data_source' | 'feature_view' | 'saved_dataset';

export interface Reference {
  readonly kind: ReferencedKind;
  readonly name: string;
}

type Names = readonly (string | null | undefined)[];

const refs = (kind: ReferencedKind, names: Names): Reference[] =>
  names.flatMap((name) => (name ? [{ kind, name }] : []));

const entities = (names: Names | null | undefined) =>
  refs('entity', names ?? []).filter(({ name }) => name !== DUMMY_ENTITY.name);

interface ViewSpec {
  readonly entities?: string[] | null;
  readonly batchSource?: feast.core.DataSource.$Properties | null;
  readonly streamSource?: feast.core.DataSource.$Properties | null;
}

const view = (spec: ViewSpec | null | undefined): Reference[] => [
  ...entities(spec?.entities),
  ...refs('data_source', [spec?.batchSource?.name, spec?.streamSource?.name]),
];

const NONE = () => [];

/** How each list's objects name what they are built on; the dummy entity needs no mention. */
const REFERENCES: { readonly [C in Collection]: (proto: never) => readonly Reference[] } = {
  projects: NONE,
  entities: NONE,
  dataSources: (source: feast.core.DataSource) => refs('data_source', [source.batchSource?.name]),
  featureViews: ({ spec }: feast.core.FeatureView) => [
    ...view(spec),
    ...refs(
      'feature_view',
      (spec?.sourceViews ?? []).map((source) => source.name),
    ),
  ],
  streamFeatureViews: ({ spec }: feast.core.StreamFeatureView) => view(spec),
  onDemandFeatureViews: ({ spec }: feast.core.OnDemandFeatureView) => [
    ...entities(spec?.entities),
    ...Object.values(spec?.sources ?? {}).flatMap((source) => [
      ...refs('feature_view', [
        source.featureViewProjection?.featureViewName ?? source.featureView?.spec?.name,
      ]),
      ...refs('data_source', [source.requestDataSource?.name]).filter(
        // Feast's stand-in for an input schema is registered nowhere
        ({ name }) => !name.startsWith('__input_schema__'),
      ),
    ]),
  ],
  labelViews: ({ spec }: feast.core.LabelView) => [
    ...entities(spec?.entities),
    ...refs('data_source', [spec?.source?.name]),
    ...refs('feature_view', [spec?.referenceFeatureView]),
  ],
  featureServices: ({ spec }: feast.core.FeatureService) =>
    refs(
      'feature_view',
      (spec?.features ?? []).map((projection) => projection.featureViewName),
    ),
  // a saved dataset outlives what it was made from
  savedDatasets: NONE,
  validationReferences: (reference: feast.core.ValidationReference) =>
    refs('saved_dataset', [reference.referenceDatasetName]),
  permissions: NONE,
  featureTables: NONE,
};

/** What a registered object is built on. */
export function referencesOf(collection: Collection, proto: object): readonly Reference[] {
  return (REFERENCES[collection] as (proto: object) => readonly Reference[])(proto);
}
