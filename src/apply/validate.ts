import { invalid } from '../definitions/options.js';
import { type RepositoryContents, viewsOf } from '../repository/index.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';

/**
 * Checks what a repository declares, as far as the repository alone tells. What a single definition can get wrong
 * its factory has refused already.
 * @throws CodedError PROJECT_CONFLICT, NAME_CONFLICT, DEFINITION_INVALID, FEATURE_VIEW_NOT_FOUND, FEATURE_NOT_FOUND
 */
export function validateContents(
  contents: RepositoryContents,
  project: string,
  options: { readonly partial?: boolean } = {},
): void {
  if (contents.project !== undefined && contents.project.name !== project) {
    throw new CodedError(
      'PROJECT_CONFLICT',
      `the repository declares project "${contents.project.name}", but feature_store.yaml says "${project}"; make them equal`,
    );
  }
  const exact = (name: string) => name;
  checkNames('entity', contents.entities, exact);
  checkNames('feature service', contents.featureServices, exact);
  checkNames('permission', contents.permissions, exact);
  checkNames('saved dataset', contents.savedDatasets, exact);
  checkNames('validation reference', contents.validationReferences, exact);
  // Feast resolves these without regard to case: _validate_feature_views, _validate_data_sources
  checkNames('data source', contents.sources, (name) => name.toLowerCase());
  checkNames('feature view', viewsOf(contents), (name) => name.toLowerCase());
  for (const source of contents.sources) {
    if (source.kind === 'opaque_source') {
      throw invalid(
        `data source "${source.name}"`,
        `it is ${source.sourceType}, which can be read from a registry but not be declared in this version`,
      );
    }
  }
  checkProjections(contents, options.partial ?? false);
}

function checkNames(
  what: string,
  objects: readonly { readonly name: string }[],
  keyOf: (name: string) => string,
): void {
  const seen = new Map<string, string>();
  for (const { name } of objects) {
    const other = seen.get(keyOf(name));
    if (other !== undefined) {
      const clash = other === name ? `twice` : `as "${other}" too, which differs in case only`;
      throw new CodedError(
        'NAME_CONFLICT',
        `${what} "${name}" is declared ${clash}; rename one, or declare it once and share the object`,
      );
    }
    seen.set(keyOf(name), name);
  }
}

/** What services and on-demand views choose of views is there. */
function checkProjections(contents: RepositoryContents, partial: boolean): void {
  const views = new Map(viewsOf(contents).map((view) => [view.name, view]));
  const users = [
    ...contents.featureServices.map(
      ({ name, projections }) => [`feature service "${name}"`, projections] as const,
    ),
    ...contents.onDemandFeatureViews.map(
      ({ name, sources }) =>
        [
          `on demand feature view "${name}"`,
          sources.flatMap((source) => (source.kind === 'projection' ? [source] : [])),
        ] as const,
    ),
  ];
  for (const [user, projections] of users) {
    for (const { viewName, featureNames } of projections) {
      const view = views.get(viewName);
      if (view === undefined) {
        if (partial) continue;
        throw new CodedError(
          'FEATURE_VIEW_NOT_FOUND',
          `${user} uses feature view "${viewName}", which the repository does not declare; export it from a definition file.${didYouMean(viewName, views.keys())}`,
        );
      }
      const known = view.features.map((feature) => feature.name);
      const unknown = known.length === 0 ? undefined : featureNames?.find((name) => !known.includes(name));
      if (unknown !== undefined) {
        throw new CodedError(
          'FEATURE_NOT_FOUND',
          `${user}: feature view "${viewName}" has no feature "${unknown}".${didYouMean(unknown, known)}`,
        );
      }
    }
  }
}
