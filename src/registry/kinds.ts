import {
  decodeDataSource,
  decodeEntity,
  decodeFeatureService,
  decodeFeatureView,
  decodeLabelView,
  decodeOnDemandFeatureView,
  decodePermission,
  decodeProject,
  decodeSavedDataset,
  decodeStreamFeatureView,
  decodeValidationReference,
  encodeDataSource,
  encodeEntity,
  encodeFeatureService,
  encodeFeatureView,
  encodeLabelView,
  encodeOnDemandFeatureView,
  encodePermission,
  encodeProject,
  encodeSavedDataset,
  encodeStreamFeatureView,
  encodeValidationReference,
  feast,
  isForeignTransformation,
  type Json,
  toJson,
  type ViewProto,
} from '../codec/index.js';
import type {
  DataSource,
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
import type { ErrorCode } from '../shared/error-codes.js';
import type { Collection, ProtoIn } from './collections.js';

/** What can be got from a registry as a definition, by kind. */
export interface DefinitionByKind {
  project: Project;
  entity: Entity;
  data_source: DataSource;
  feature_view: FeatureView;
  on_demand_feature_view: OnDemandFeatureView;
  stream_feature_view: StreamFeatureView;
  label_view: LabelView;
  feature_service: FeatureService;
  permission: Permission;
  saved_dataset: SavedDataset;
  validation_reference: ValidationReference;
}
export type DefinitionKind = keyof DefinitionByKind;

/** What a definition's proto is made from beside the definition. */
export interface EncodeContext<Proto> {
  readonly project: string;
  /** what the registry holds under the name */
  readonly existing: Proto | undefined;
  /** microseconds since the epoch */
  readonly now: bigint;
  /** the proto of a source, as it is or is to be registered */
  source(source: DataSource): feast.core.DataSource;
  /** the proto of a view of any kind, as it is or is to be registered */
  view(name: string): ViewProto;
}

interface Kind<K extends DefinitionKind, C extends Collection> {
  readonly collection: C;
  /** as Feast prints it */
  readonly label: string;
  readonly notFound: ErrorCode;
  /** false: programs make such objects, so one that is not declared is left alone by apply, as in Feast */
  readonly isPruned: boolean;
  decode(proto: ProtoIn<C>): DefinitionByKind[K];
  encode(definition: DefinitionByKind[K], context: EncodeContext<ProtoIn<C>>): ProtoIn<C>;
  /** what is declared, as protobuf JSON */
  spec(proto: ProtoIn<C>): { [key: string]: Json };
  /** whether Python registered more than a definition can say, so that the object cannot be declared here */
  isForeign(proto: ProtoIn<C>): boolean;
}

const { core } = feast;
const never = () => false;
const kind = <K extends DefinitionKind, C extends Collection>(entry: Kind<K, C>) => entry;

/** The one table of kinds, in the order in which apply changes them: adding a kind is adding an entry. */
export const KINDS = {
  project: kind<'project', 'projects'>({
    collection: 'projects',
    label: 'project',
    notFound: 'PROJECT_NOT_FOUND',
    isPruned: false,
    decode: decodeProject,
    encode: (project, { existing, now }) =>
      encodeProject(project, existing as feast.core.Project | undefined, now),
    spec: (proto) => toJson(core.ProjectSpec, proto.spec ?? {}),
    isForeign: never,
  }),
  data_source: kind<'data_source', 'dataSources'>({
    collection: 'dataSources',
    label: 'data source',
    notFound: 'DATA_SOURCE_NOT_FOUND',
    isPruned: true,
    decode: decodeDataSource,
    encode: (source, { project, existing, now }) =>
      encodeDataSource(source, project, existing as feast.core.DataSource | undefined, now),
    spec: (proto) => toJson(core.DataSource, proto),
    isForeign: (proto) => decodeDataSource(proto).kind === 'opaque_source',
  }),
  entity: kind<'entity', 'entities'>({
    collection: 'entities',
    label: 'entity',
    notFound: 'ENTITY_NOT_FOUND',
    isPruned: true,
    decode: decodeEntity,
    encode: (entity, { project, existing, now }) =>
      encodeEntity(entity, project, existing as feast.core.Entity | undefined, now),
    spec: (proto) => toJson(core.EntitySpecV2, proto.spec ?? {}),
    isForeign: never,
  }),
  feature_view: kind<'feature_view', 'featureViews'>({
    collection: 'featureViews',
    label: 'feature view',
    notFound: 'FEATURE_VIEW_NOT_FOUND',
    isPruned: true,
    decode: decodeFeatureView,
    encode: (view, { project, existing, now, source }) =>
      encodeFeatureView(
        view,
        project,
        source(view.source),
        existing as feast.core.FeatureView | undefined,
        now,
        view.streamSource && source(view.streamSource),
      ),
    spec: (proto) => toJson(core.FeatureViewSpec, proto.spec ?? {}),
    isForeign: ({ spec }) =>
      !spec?.batchSource ||
      (spec.sourceViews ?? []).length > 0 ||
      isForeignTransformation(spec.featureTransformation),
  }),
  on_demand_feature_view: kind<'on_demand_feature_view', 'onDemandFeatureViews'>({
    collection: 'onDemandFeatureViews',
    label: 'on demand feature view',
    notFound: 'FEATURE_VIEW_NOT_FOUND',
    isPruned: true,
    decode: decodeOnDemandFeatureView,
    encode: (view, { project, existing, now, view: viewProto }) =>
      encodeOnDemandFeatureView(
        view,
        project,
        viewProto,
        existing as feast.core.OnDemandFeatureView | undefined,
        now,
      ),
    spec: (proto) => toJson(core.OnDemandFeatureViewSpec, proto.spec ?? {}),
    isForeign: ({ spec }) =>
      !!spec?.userDefinedFunction || isForeignTransformation(spec?.featureTransformation),
  }),
  stream_feature_view: kind<'stream_feature_view', 'streamFeatureViews'>({
    collection: 'streamFeatureViews',
    label: 'stream feature view',
    notFound: 'FEATURE_VIEW_NOT_FOUND',
    isPruned: true,
    decode: decodeStreamFeatureView,
    encode: (view, { project, existing, now, source }) =>
      encodeStreamFeatureView(
        view,
        project,
        source(view.streamSource),
        view.source && source(view.source),
        existing as feast.core.StreamFeatureView | undefined,
        now,
      ),
    spec: (proto) => toJson(core.StreamFeatureViewSpec, proto.spec ?? {}),
    isForeign: ({ spec }) =>
      !!spec?.userDefinedFunction || isForeignTransformation(spec?.featureTransformation),
  }),
  label_view: kind<'label_view', 'labelViews'>({
    collection: 'labelViews',
    label: 'label view',
    notFound: 'FEATURE_VIEW_NOT_FOUND',
    isPruned: true,
    decode: decodeLabelView,
    encode: (view, { project, existing, now, source }) =>
      encodeLabelView(
        view,
        project,
        view.source && source(view.source),
        existing as feast.core.LabelView | undefined,
        now,
      ),
    spec: (proto) => toJson(core.LabelViewSpec, proto.spec ?? {}),
    isForeign: never,
  }),
  feature_service: kind<'feature_service', 'featureServices'>({
    collection: 'featureServices',
    label: 'feature service',
    notFound: 'FEATURE_SERVICE_NOT_FOUND',
    isPruned: true,
    decode: decodeFeatureService,
    encode: (service, { project, existing, now, view }) =>
      encodeFeatureService(service, project, view, existing as feast.core.FeatureService | undefined, now),
    spec: (proto) => toJson(core.FeatureServiceSpec, proto.spec ?? {}),
    isForeign: never,
  }),
  permission: kind<'permission', 'permissions'>({
    collection: 'permissions',
    label: 'permission',
    notFound: 'PERMISSION_NOT_FOUND',
    isPruned: true,
    decode: decodePermission,
    encode: (permission, { project, existing, now }) =>
      encodePermission(permission, project, existing as feast.core.Permission | undefined, now),
    spec: (proto) => toJson(core.PermissionSpec, proto.spec ?? {}),
    isForeign: never,
  }),
  saved_dataset: kind<'saved_dataset', 'savedDatasets'>({
    collection: 'savedDatasets',
    label: 'saved dataset',
    notFound: 'SAVED_DATASET_NOT_FOUND',
    isPruned: false,
    decode: decodeSavedDataset,
    encode: (dataset, { project, existing, now }) =>
      encodeSavedDataset(dataset, project, existing as feast.core.SavedDataset | undefined, now),
    spec: (proto) => toJson(core.SavedDatasetSpec, proto.spec ?? {}),
    isForeign: never,
  }),
  validation_reference: kind<'validation_reference', 'validationReferences'>({
    collection: 'validationReferences',
    label: 'validation reference',
    notFound: 'VALIDATION_REFERENCE_NOT_FOUND',
    isPruned: false,
    decode: decodeValidationReference,
    encode: (reference, { project, existing }) =>
      encodeValidationReference(reference, project, existing as feast.core.ValidationReference | undefined),
    spec: (proto) => toJson(core.ValidationReference, proto),
    isForeign: never,
  }),
};

export const DEFINITION_KINDS = Object.keys(KINDS) as readonly DefinitionKind[];

/** The table's entry as what treats every kind alike sees it. */
export interface AnyKind {
  readonly collection: Collection;
  readonly label: string;
  readonly notFound: ErrorCode;
  readonly isPruned: boolean;
  decode(proto: object): DefinitionByKind[DefinitionKind];
  encode(definition: object, context: EncodeContext<object>): object;
  spec(proto: object): { [key: string]: Json };
  isForeign(proto: object): boolean;
}

export function kindOf(name: DefinitionKind): AnyKind {
  return KINDS[name] as unknown as AnyKind;
}

/** Kinds of views: they share one space of names. */
export const VIEW_KINDS = [
  'feature_view',
  'on_demand_feature_view',
  'stream_feature_view',
  'label_view',
] as const satisfies readonly DefinitionKind[];

export function isViewKind(kind: DefinitionKind): kind is (typeof VIEW_KINDS)[number] {
  return (VIEW_KINDS as readonly DefinitionKind[]).includes(kind);
}
