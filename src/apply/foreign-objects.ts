/**
 * Objects that Python registered and that cannot be declared here. Apply leaves them alone, and keeps what they are
 * built on.
 */
import { feast, foreignPartOf } from '../codec/index.js';
import { findObject, nameOf, objectsOf, type RegistryProto } from '../registry/index.js';

type Kept = 'entity' | 'data_source' | 'feature_view';

/** Names that must stay, by kind, each with the object that needs it. */
export type Needs = Readonly<Record<Kept, ReadonlyMap<string, string>>>;

/** Whether a registered feature view is more than a definition can say. */
export function isForeignView(view: feast.core.FeatureView.$Properties): boolean {
  return foreignPartOf(view.spec ?? {}) !== undefined;
}

export function isForeignSource(source: feast.core.DataSource.$Properties): boolean {
  return (
    source.type !== feast.core.DataSource.SourceType.BATCH_FILE ||
    !!source.fileOptions?.fileFormat?.deltaFormat
  );
}

/** A service that serves features of something other than feature views. */
export function isForeignService(
  registry: RegistryProto,
  project: string,
  service: feast.core.FeatureService.$Properties,
): boolean {
  return (service.spec?.features ?? []).some(
    ({ featureViewName }) =>
      findObject(registry, 'featureViews', project, featureViewName ?? '') === undefined,
  );
}

/** What the foreign objects of a project are built on. */
export function foreignNeeds(registry: RegistryProto, project: string): Needs {
  const needs = {
    entity: new Map<string, string>(),
    data_source: new Map<string, string>(),
    feature_view: new Map<string, string>(),
  };
  const need = (kind: Kept, names: readonly (string | null | undefined)[], by: string) => {
    for (const name of names) if (name) needs[kind].set(name, by);
  };
  const needOfView = (spec: feast.core.FeatureViewSpec.$Properties, by: string) => {
    need('entity', spec.entities ?? [], by);
    need('data_source', [spec.batchSource?.name, spec.streamSource?.name], by);
    need(
      'feature_view',
      (spec.sourceViews ?? []).map((view) => view.name),
      by,
    );
  };
  for (const source of objectsOf(registry, 'dataSources', project).filter(isForeignSource)) {
    need('data_source', [source.batchSource?.name], `data source "${source.name}"`);
  }
  for (const view of objectsOf(registry, 'streamFeatureViews', project)) {
    needOfView(view.spec ?? {}, `stream feature view "${nameOf(view)}"`);
  }
  for (const view of objectsOf(registry, 'labelViews', project)) {
    const by = `label view "${nameOf(view)}"`;
    need('entity', view.spec?.entities ?? [], by);
    need('data_source', [view.spec?.source?.name], by);
  }
  for (const view of objectsOf(registry, 'featureViews', project).filter(isForeignView)) {
    needOfView(view.spec ?? {}, `feature view "${nameOf(view)}"`);
  }
  for (const view of objectsOf(registry, 'onDemandFeatureViews', project)) {
    const by = `on demand feature view "${nameOf(view)}"`;
    need('entity', view.spec?.entities ?? [], by);
    for (const source of Object.values(view.spec?.sources ?? {})) {
      const viewName = source.featureViewProjection?.featureViewName ?? source.featureView?.spec?.name;
      need('feature_view', [viewName], by);
    }
  }
  for (const service of objectsOf(registry, 'featureServices', project)) {
    if (!isForeignService(registry, project, service)) continue;
    const views = (service.spec?.features ?? []).map((projection) => projection.featureViewName);
    need('feature_view', views, `feature service "${nameOf(service)}"`);
  }
  for (const [name, by] of needs.feature_view) {
    needOfView(findObject(registry, 'featureViews', project, name)?.spec ?? {}, by);
  }
  return needs;
}
