import {
  decodeDataSource,
  decodeEntity,
  decodeFeatureService,
  decodeFeatureView,
  decodeProject,
  type feast,
} from '../codec/index.js';
import type { DataSource, Entity, FeatureService, FeatureView, Project } from '../definitions/index.js';
import type { ErrorCode } from '../shared/error-codes.js';

export type RegistryProto = feast.core.Registry;

/** What can be got from a registry as a definition, by kind. */
export interface DefinitionByKind {
  project: Project;
  entity: Entity;
  data_source: DataSource;
  feature_view: FeatureView;
  feature_service: FeatureService;
}
export type DefinitionKind = keyof DefinitionByKind;

/** The lists of a registry that hold objects of projects. */
export type Collection =
  | 'projects'
  | 'entities'
  | 'dataSources'
  | 'featureViews'
  | 'onDemandFeatureViews'
  | 'streamFeatureViews'
  | 'labelViews'
  | 'featureServices'
  | 'savedDatasets'
  | 'validationReferences'
  | 'permissions'
  | 'featureTables';

export type ProtoIn<C extends Collection> = RegistryProto[C][number];

interface Kind<K extends DefinitionKind, C extends Collection> {
  readonly collection: C;
  /** as Feast prints it */
  readonly label: string;
  readonly notFound: ErrorCode;
  decode(proto: ProtoIn<C>): DefinitionByKind[K];
}

const kind = <K extends DefinitionKind, C extends Collection>(entry: Kind<K, C>) => entry;

/** The one table of kinds: adding a kind is adding a line. */
export const KINDS = {
  project: kind<'project', 'projects'>({
    collection: 'projects',
    label: 'project',
    notFound: 'PROJECT_NOT_FOUND',
    decode: decodeProject,
  }),
  entity: kind<'entity', 'entities'>({
    collection: 'entities',
    label: 'entity',
    notFound: 'ENTITY_NOT_FOUND',
    decode: decodeEntity,
  }),
  data_source: kind<'data_source', 'dataSources'>({
    collection: 'dataSources',
    label: 'data source',
    notFound: 'DATA_SOURCE_NOT_FOUND',
    decode: decodeDataSource,
  }),
  feature_view: kind<'feature_view', 'featureViews'>({
    collection: 'featureViews',
    label: 'feature view',
    notFound: 'FEATURE_VIEW_NOT_FOUND',
    decode: decodeFeatureView,
  }),
  feature_service: kind<'feature_service', 'featureServices'>({
    collection: 'featureServices',
    label: 'feature service',
    notFound: 'FEATURE_SERVICE_NOT_FOUND',
    decode: decodeFeatureService,
  }),
};

/** The lists in which feature views of any type lie, with the type as Feast prints it. */
export const VIEW_COLLECTIONS = {
  featureViews: 'feature view',
  onDemandFeatureViews: 'on demand feature view',
  streamFeatureViews: 'stream feature view',
  labelViews: 'label view',
} as const satisfies Partial<Record<Collection, string>>;

export const COLLECTIONS: readonly Collection[] = [
  'projects',
  'entities',
  'dataSources',
  'featureViews',
  'onDemandFeatureViews',
  'streamFeatureViews',
  'labelViews',
  'featureServices',
  'savedDatasets',
  'validationReferences',
  'permissions',
  'featureTables',
];

interface Identified {
  name?: string | null;
  project?: string | null;
  spec?: { name?: string | null; project?: string | null } | null;
}

export function nameOf(proto: object): string {
  const { name, spec } = proto as Identified;
  return spec?.name ?? name ?? '';
}

/** The project an object belongs to; a project belongs to itself. */
export function projectOf(collection: Collection, proto: object): string {
  if (collection === 'projects') return nameOf(proto);
  const { project, spec } = proto as Identified;
  return spec?.project ?? project ?? '';
}

/** Objects of one project in one list, in the registry's order. */
export function objectsOf<C extends Collection>(
  registry: RegistryProto,
  collection: C,
  project: string,
): ProtoIn<C>[] {
  const all = registry[collection] as ProtoIn<C>[];
  return all.filter((proto) => projectOf(collection, proto) === project);
}

export function findObject<C extends Collection>(
  registry: RegistryProto,
  collection: C,
  project: string,
  name: string,
): ProtoIn<C> | undefined {
  const all = registry[collection] as ProtoIn<C>[];
  return all.find((proto) => nameOf(proto) === name && projectOf(collection, proto) === project);
}
