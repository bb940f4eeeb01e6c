import {
  type DataSource,
  DUMMY_ENTITY,
  type Entity,
  type FeastType,
  type FeatureView,
  type Field,
  field,
} from '../definitions/index.js';
import { frozen } from '../definitions/options.js';
import type { SourceColumn } from '../offline/offline-store.js';
import type { RepositoryContents } from '../repository/index.js';
import { CodedError } from '../shared/errors.js';
import { checkColumns, type Describe } from './source-columns.js';

export interface InferOptions {
  readonly describe: Describe;
  /** also check that the sources have the columns declared; without it only what is left out is looked up */
  readonly validateSources: boolean;
}

/**
 * Fills in what definitions leave out, from their data sources: the event time column, join key types, features.
 * Feast: inference.py.
 * @returns the contents with nothing left to infer
 * @throws CodedError INFERENCE_FAILED, SOURCE_COLUMN_MISSING, SOURCE_COLUMN_TYPE, and what `describe` throws
 */
export async function inferContents(
  contents: RepositoryContents,
  options: InferOptions,
): Promise<RepositoryContents> {
  const described = new Map<DataSource, Promise<readonly SourceColumn[]>>();
  const describe: Describe = (source) => {
    const columns = described.get(source) ?? options.describe(source);
    described.set(source, columns);
    return columns;
  };
  const sources = new Map<DataSource, DataSource>();
  for (const source of contents.sources) sources.set(source, await inferTimestampField(source, describe));

  const entities = new Map(contents.entities.map((entity) => [entity.name, entity]));
  const featureViews: FeatureView[] = [];
  for (const declared of contents.featureViews) {
    const view = { ...declared, source: sources.get(declared.source) ?? declared.source };
    const inferred = await inferSchema(view, entities, () => describe(declared.source));
    if (options.validateSources) checkColumns(inferred, await describe(declared.source));
    featureViews.push(inferred);
  }
  return { ...contents, sources: [...sources.values()], featureViews };
}

async function inferTimestampField(source: DataSource, describe: Describe): Promise<DataSource> {
  if (source.timestampField !== '') return source;
  const candidates = (await describe(source)).filter(
    (column) => column.isTimestamp && column.name !== source.createdTimestampColumn,
  );
  if (candidates.length === 1) return frozen({ ...source, timestampField: candidates[0]!.name });
  const found =
    candidates.length === 0
      ? 'no column is a timestamp'
      : `several columns are timestamps (${candidates.map((column) => column.name).join(', ')})`;
  throw new CodedError(
    'INFERENCE_FAILED',
    `data source "${source.name}": the column of the event time cannot be told: ${found}; set timestampField`,
  );
}

async function inferSchema(
  view: FeatureView,
  entities: ReadonlyMap<string, Entity>,
  describe: () => Promise<readonly SourceColumn[]>,
): Promise<FeatureView> {
  const viewEntities = view.entities.flatMap((name) => entities.get(name) ?? []);
  const joinKeys = viewEntities.map((entity) => entity.joinKey);
  const known = new Map<string, Field>(view.entityColumns.map((column) => [column.name, column]));
  for (const { joinKey, valueType } of viewEntities) {
    if (valueType !== undefined && !known.has(joinKey)) known.set(joinKey, field(joinKey, valueType));
  }
  if (view.entities.length === 1 && view.entities[0] === DUMMY_ENTITY.name) {
    known.set(DUMMY_ENTITY.joinKey, field(DUMMY_ENTITY.joinKey, 'String'));
  }
  if (joinKeys.every((key) => known.has(key)) && view.features.length > 0) {
    return frozen({ ...view, entityColumns: [...known.values()] });
  }
  const columns = await describe();
  for (const column of columns) {
    if (joinKeys.includes(column.name) && !known.has(column.name)) {
      known.set(column.name, field(column.name, typeOf(view, column)));
    }
  }
  const unknown = joinKeys.find((key) => !known.has(key));
  if (unknown !== undefined) {
    throw new CodedError(
      'SOURCE_COLUMN_MISSING',
      `feature view "${view.name}": data source "${view.source.name}" has no column "${unknown}", the join key of an entity; its columns: ${columns.map((c) => c.name).join(', ')}`,
    );
  }
  const features = view.features.length > 0 ? view.features : inferFeatures(view, joinKeys, columns);
  return frozen({ ...view, entityColumns: [...known.values()], features });
}

/** All other columns: not the times, and not `__x` or `x__`, which mark internal columns. */
function inferFeatures(
  view: FeatureView,
  joinKeys: readonly string[],
  columns: readonly SourceColumn[],
): Field[] {
  const { timestampField, createdTimestampColumn, fieldMapping } = view.source;
  const times = [timestampField, createdTimestampColumn];
  const features = columns
    .filter(({ name }) => !times.includes(name) && !times.includes(fieldMapping[name] ?? name))
    .filter(({ name }) => !joinKeys.includes(name) && !/^__|__$/.test(name))
    .map((column) => field(fieldMapping[column.name] ?? column.name, typeOf(view, column)));
  if (features.length === 0) {
    throw new CodedError(
      'INFERENCE_FAILED',
      `feature view "${view.name}": data source "${view.source.name}" has no column left to be a feature; its columns: ${columns.map((c) => c.name).join(', ')}`,
    );
  }
  return features;
}

function typeOf(view: FeatureView, column: SourceColumn): FeastType {
  if (column.type !== undefined) return column.type;
  throw new CodedError(
    'INFERENCE_FAILED',
    `feature view "${view.name}": column "${column.name}" of data source "${view.source.name}" is ${column.nativeType}, which has no Feast type; declare a schema that says how to read it, or leaves it out`,
  );
}
