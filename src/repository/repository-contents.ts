import {
  type AnyView,
  type DataSource,
  type Definition,
  DUMMY_ENTITY,
  type Entity,
  type FeatureService,
  type FeatureView,
  type LabelView,
  type OnDemandFeatureView,
  type Permission,
  type Project,
  type SavedDataset,
  type StreamFeatureView,
  type ValidationReference,
} from '../definitions/index.js';
import { CodedError } from '../shared/errors.js';

/** Everything a feature repository declares, each object once. */
export interface RepositoryContents {
  /** undefined: none is declared, feature_store.yaml names it */
  readonly project: Project | undefined;
  /** the dummy entity of views without entities is always the last */
  readonly entities: readonly Entity[];
  readonly sources: readonly DataSource[];
  readonly featureViews: readonly FeatureView[];
  readonly onDemandFeatureViews: readonly OnDemandFeatureView[];
  readonly streamFeatureViews: readonly StreamFeatureView[];
  readonly labelViews: readonly LabelView[];
  readonly featureServices: readonly FeatureService[];
  readonly permissions: readonly Permission[];
  readonly savedDatasets: readonly SavedDataset[];
  readonly validationReferences: readonly ValidationReference[];
}

/** Views of all kinds. */
export function viewsOf(contents: RepositoryContents): AnyView[] {
  const { featureViews, onDemandFeatureViews, streamFeatureViews, labelViews } = contents;
  return [...featureViews, ...onDemandFeatureViews, ...streamFeatureViews, ...labelViews];
}

/** What a definition brings along: the entities and sources it was given. */
function partsOf(definition: Definition): readonly (Definition | undefined)[] {
  switch (definition.kind) {
    case 'feature_view':
    case 'stream_feature_view':
      return [definition.source, definition.streamSource, ...definition.entityObjects];
    case 'label_view':
      return [definition.source, ...definition.entityObjects];
    case 'on_demand_feature_view':
      return [
        ...definition.sources.flatMap((source) => (source.kind === 'request_source' ? [source] : [])),
        ...definition.entityObjects,
      ];
    case 'push_source':
    case 'kafka_source':
    case 'kinesis_source':
      return [definition.batchSource];
    default:
      return [];
  }
}

/**
 * Sorts definitions by kind, and adds the sources and entities that others were given. An object that comes twice
 * counts once; two equal objects are two. Feast: repo_operations.py:89-241.
 * @throws CodedError PROJECT_CONFLICT when there are several projects
 */
export function collectContents(definitions: Iterable<Definition>): RepositoryContents {
  const found = new Set<Definition>();
  const add = (definition: Definition | undefined) => {
    if (definition === undefined || found.has(definition)) return;
    found.add(definition);
    for (const part of partsOf(definition)) add(part);
  };
  for (const definition of definitions) add(definition);

  const all = [...found];
  const ofKind = <K extends Definition['kind']>(kind: K) =>
    all.filter((one): one is Extract<Definition, { kind: K }> => one.kind === kind);
  const projects = ofKind('project');
  if (projects.length > 1) {
    const names = projects.map((project) => `"${project.name}"`).join(', ');
    throw new CodedError(
      'PROJECT_CONFLICT',
      `the repository declares several projects: ${names}; expected one at most`,
    );
  }
  return {
    project: projects[0],
    entities: [...ofKind('entity'), DUMMY_ENTITY],
    sources: all.filter((one): one is DataSource => one.kind.endsWith('_source')),
    featureViews: ofKind('feature_view'),
    onDemandFeatureViews: ofKind('on_demand_feature_view'),
    streamFeatureViews: ofKind('stream_feature_view'),
    labelViews: ofKind('label_view'),
    featureServices: ofKind('feature_service'),
    permissions: ofKind('permission'),
    savedDatasets: ofKind('saved_dataset'),
    validationReferences: ofKind('validation_reference'),
  };
}
