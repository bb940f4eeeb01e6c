import type {
  AnyView,
  DataSource,
  Definition,
  Entity,
  FeatureService,
  FeatureView,
  LabelView,
  OnDemandFeatureView,
  Permission,
  Project,
  SavedDataset,
  StreamFeatureView,
  ValidationReference,
} from '../definitions/index.js';
import { classNameOf } from '../definitions/index.js';
import type { ObjectKind } from '../store/feature-store.js';

/** What a listing shows beside the definitions. */
export interface ListContext {
  /** by name of a view */
  readonly states: ReadonlyMap<string, string>;
}

/** How a kind of object is listed: Feast's words and columns (cli/*.py). */
export interface Listing {
  readonly command: string;
  /** listed together; the first is described */
  readonly kinds: readonly ObjectKind[];
  readonly noun: string;
  readonly header: readonly string[];
  row(object: Definition, context: ListContext): readonly string[];
}

const tagsText = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags)
    .map(([key, value]) => `${key}:${value}`)
    .join(', ');

function listing<Kind extends Definition>(
  command: string,
  kinds: readonly ObjectKind[],
  noun: string,
  columns: Record<string, (object: Kind, context: ListContext) => string>,
): Listing {
  return {
    command,
    kinds,
    noun,
    header: Object.keys(columns),
    row: (object, context) => Object.values(columns).map((cell) => cell(object as Kind, context)),
  };
}

/** Feast's class of a view. */
function classOfView(view: AnyView): string {
  switch (view.kind) {
    case 'feature_view':
      return view.transformation === undefined ? 'FeatureView' : 'BatchFeatureView';
    case 'on_demand_feature_view':
      return 'OnDemandFeatureView';
    case 'stream_feature_view':
      return 'StreamFeatureView';
    case 'label_view':
      return 'LabelView';
  }
}

/** Feast's name of a type in a permission: FEATURE_VIEW is FeatureView. */
const className = (type: string) =>
  type
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');

export const LISTINGS: readonly Listing[] = [
  listing<Entity>('entities', ['entity'], 'entity', {
    NAME: (entity) => entity.name,
    DESCRIPTION: (entity) => entity.description,
    TYPE: (entity) => entity.valueType ?? 'Unknown',
  }),
  listing<DataSource>('data-sources', ['data_source'], 'data source', {
    NAME: (source) => source.name,
    CLASS: classNameOf,
  }),
  listing<FeatureView | OnDemandFeatureView>(
    'feature-views',
    ['feature_view', 'on_demand_feature_view'],
    'feature view',
    {
      NAME: (view) => view.name,
      ENTITIES: (view) => view.entities.join(', '),
      TYPE: classOfView,
      ENABLED: (view) => (view.enabled ? 'Yes' : 'No'),
      STATE: (view, { states }) => states.get(view.name) ?? '',
    },
  ),
  listing<OnDemandFeatureView>(
    'on-demand-feature-views',
    ['on_demand_feature_view'],
    'on demand feature view',
    { NAME: (view) => view.name },
  ),
  listing<StreamFeatureView>('stream-feature-views', ['stream_feature_view'], 'stream feature view', {
    NAME: (view) => view.name,
  }),
  listing<LabelView>('label-views', ['label_view'], 'label view', {
    NAME: (view) => view.name,
    ENTITIES: (view) => view.entities.join(', ') || 'n/a',
    CONFLICT_POLICY: (view) => view.conflictPolicy,
  }),
  listing<FeatureService>('feature-services', ['feature_service'], 'feature service', {
    NAME: (service) => service.name,
    FEATURES: (service) =>
      service.projections
        .flatMap((part) =>
          (part.features ?? []).map((field) => `${part.alias || part.viewName}:${field.name}`),
        )
        .join(', '),
  }),
  listing<SavedDataset>('saved-datasets', ['saved_dataset'], 'saved dataset', {
    NAME: (dataset) => dataset.name,
  }),
  listing<ValidationReference>('validation-references', ['validation_reference'], 'validation reference', {
    NAME: (reference) => reference.name,
  }),
  listing<Permission>('permissions', ['permission'], 'permission', {
    NAME: (permission) => permission.name,
    TYPES: (permission) => permission.types.map(className).join(', '),
    NAME_PATTERNS: (permission) => permission.namePatterns.join(', '),
    ACTIONS: (permission) => permission.actions.join(', '),
    ROLES: ({ policy }) => (policy.type === 'roles' ? [...policy.roles].sort().join(', ') : ''),
    REQUIRED_TAGS: (permission) => tagsText(permission.requiredTags),
  }),
  listing<Project>('projects', ['project'], 'project', {
    NAME: (project) => project.name,
    DESCRIPTION: (project) => project.description,
    TAGS: (project) => tagsText(project.tags),
    OWNER: (project) => project.owner,
  }),
];
