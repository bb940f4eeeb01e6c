/**
 * Versions of feature views. A new view is version 0; a change of its schema makes the next; everything else
 * changes the view in place. Feast: registry.py:742-936.
 */
import { randomUUID } from 'node:crypto';
import { feast, timestampOf } from '../codec/index.js';
import { nameOf, type RegistryProto } from './collections.js';
import { putObject, removeObject } from './edits.js';

const { FeatureView, FeatureViewVersionHistory, FeatureViewVersionRecord } = feast.core;

/**
 * Puts a feature view into the registry, and its version into the history.
 * @param now microseconds since the epoch
 */
export function putFeatureView(
  draft: RegistryProto,
  project: string,
  view: feast.core.FeatureView,
  now: bigint,
): void {
  const index = draft.featureViews.findIndex(
    (other) => nameOf(other) === nameOf(view) && other.spec?.project === project,
  );
  const existing = draft.featureViews[index] as feast.core.FeatureView | undefined;
  if (existing !== undefined && !isSchemaChanged(existing, view)) {
    draft.featureViews[index] = view;
    return;
  }
  const versions = versionsOf(draft, project, nameOf(view));
  let version = Math.max(-1, ...versions.map((record) => record.versionNumber ?? 0)) + 1;
  if (existing !== undefined && version === 0) {
    // registered before Feast kept versions: what stands becomes version 0
    appendVersion(draft, project, existing, 0, now);
    version = 1;
  }
  view.meta!.currentVersionNumber = version;
  appendVersion(draft, project, view, version, now);
  putObject(draft, 'featureViews', project, view);
}

/** Takes out a feature view with its versions. */
export function removeFeatureView(draft: RegistryProto, project: string, name: string): void {
  removeObject(draft, 'featureViews', project, name);
  const history = draft.featureViewVersionHistory;
  if (history?.records) {
    history.records = history.records.filter(
      (record) => record.featureViewName !== name || record.projectId !== project,
    );
  }
}

function versionsOf(registry: RegistryProto, project: string, name: string) {
  const records = registry.featureViewVersionHistory?.records ?? [];
  return records.filter((record) => record.featureViewName === name && record.projectId === project);
}

function appendVersion(
  draft: RegistryProto,
  project: string,
  view: feast.core.FeatureView,
  version: number,
  now: bigint,
): void {
  draft.featureViewVersionHistory ??= new FeatureViewVersionHistory();
  draft.featureViewVersionHistory.records ??= [];
  draft.featureViewVersionHistory.records.push(
    new FeatureViewVersionRecord({
      featureViewName: nameOf(view),
      projectId: project,
      versionNumber: version,
      featureViewType: 'feature_view',
      featureViewProto: FeatureView.encode(view).finish(),
      createdTimestamp: timestampOf(now),
      versionId: randomUUID(),
    }),
  );
}

/** Feast: feature_view.py and base_feature_view.py, _schema_or_udf_changed; the order of columns does not count. */
function isSchemaChanged(a: feast.core.FeatureView, b: feast.core.FeatureView): boolean {
  return schemaText(a) !== schemaText(b);
}

function schemaText(view: feast.core.FeatureView): string {
  const { features, entityColumns, entities } = view.spec ?? {};
  return JSON.stringify([columnTexts(features), columnTexts(entityColumns), [...(entities ?? [])].sort()]);
}

function columnTexts(columns: readonly feast.core.FeatureSpecV2.$Properties[] | null | undefined): string[] {
  return (columns ?? [])
    .map(({ name, valueType, description, tags, vectorLength }) =>
      JSON.stringify([
        name,
        valueType ?? 0,
        description ?? '',
        Object.entries(tags ?? {}).sort(),
        vectorLength ?? 0,
      ]),
    )
    .sort();
}
