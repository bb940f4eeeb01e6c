import type { feast } from '../codec/index.js';

export type RegistryProto = feast.core.Registry;

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
