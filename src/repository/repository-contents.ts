import {
  type DataSource,
  type Definition,
  DUMMY_ENTITY,
  type Entity,
  type FeatureService,
  type FeatureView,
  type Project,
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
  readonly featureServices: readonly FeatureService[];
}

/**
 * Sorts definitions by kind, and adds the sources and entities that feature views were given. An object that comes
 * twice counts once; two equal objects are two. Feast: repo_operations.py:89-241.
 * @throws CodedError PROJECT_CONFLICT when there are several projects
 */
export function collectContents(definitions: Iterable<Definition>): RepositoryContents {
  const projects = new Set<Project>();
  const entities = new Set<Entity>();
  const sources = new Set<DataSource>();
  const featureViews = new Set<FeatureView>();
  const featureServices = new Set<FeatureService>();
  for (const definition of definitions) {
    switch (definition.kind) {
      case 'project':
        projects.add(definition);
        break;
      case 'entity':
        entities.add(definition);
        break;
      case 'file_source':
      case 'opaque_source':
        sources.add(definition);
        break;
      case 'feature_view':
        featureViews.add(definition);
        sources.add(definition.source);
        for (const entity of definition.entityObjects) entities.add(entity);
        break;
      case 'feature_service':
        featureServices.add(definition);
    }
  }
  if (projects.size > 1) {
    const names = [...projects].map((project) => `"${project.name}"`).join(', ');
    throw new CodedError(
      'PROJECT_CONFLICT',
      `the repository declares several projects: ${names}; expected one at most`,
    );
  }
  return {
    project: [...projects][0],
    entities: [...entities, DUMMY_ENTITY],
    sources: [...sources],
    featureViews: [...featureViews],
    featureServices: [...featureServices],
  };
}
