import {
  type BatchSource,
  classNameOf,
  type DataSource,
  DUMMY_ENTITY,
  type Entity,
  type FeastType,
  type FeatureView,
  type Field,
  field,
  isStreamSource,
  type KafkaSource,
  type KinesisSource,
  type PushSource,
  type StreamFeatureView,
  type ViewBase,
} from '../definitions/index.js';
import { frozen } from '../definitions/options.js';
import type { SourceColumn } from '../offline/offline-store.js';
import type { RepositoryContents } from '../repository/index.js';
import { CodedError, isCodedError } from '../shared/errors.js';
import { checkColumns, type Describe } from './source-columns.js';

export interface InferOptions {
  readonly describe: Describe;
  /** also check that the sources have the columns declared; without it only what is left out is looked up */
  readonly validateSources: boolean;
}

/**
 * Fills in what definitions leave out, from their data sources: the event time column, join key types, features.
 * A source that the offline store cannot read is taken as it is declared. Feast: inference.py.
 * @returns the contents with nothing left to infer
 * @throws CodedError INFERENCE_FAILED, SOURCE_COLUMN_MISSING, SOURCE_COLUMN_TYPE, and what `describe` throws
 */
export async function inferContents(
  contents: RepositoryContents,
  options: InferOptions,
): Promise<RepositoryContents> {
  const described = new Map<DataSource, Promise<readonly SourceColumn[] | undefined>>();
  const describe = (source: DataSource) => {
    const columns = described.get(source) ?? describeReadable(source, options.describe);
    described.set(source, columns);
    return columns;
  };
  const sources = new Map<DataSource, DataSource>();
  for (const source of contents.sources) {
    if (!isStreamSource(source)) sources.set(source, await inferTimestampField(source, describe));
  }
  for (const source of contents.sources) {
    if (isStreamSource(source)) sources.set(source, overInferred(source, sources));
  }
  const inferred = <S extends DataSource | undefined>(source: S) =>
    (source === undefined ? undefined : (sources.get(source) ?? source)) as S;

  const entities = new Map(contents.entities.map((entity) => [entity.name, entity]));
  const inferView = async <V extends FeatureView | StreamFeatureView>(declared: V): Promise<V> => {
    const { source } = declared;
    if (source === undefined) return inferFromEntities(declared, entities);
    const view = { ...declared, source: inferred(source), streamSource: inferred(declared.streamSource) };
    const known = await inferSchema(view, view.source as BatchSource, entities, () => describe(source));
    const columns = options.validateSources && !isComputed(declared) ? await describe(source) : undefined;
    if (columns !== undefined) {
      checkColumns({ ...known, source: known.source as BatchSource }, columns);
    }
    return known;
  };
  return {
    ...contents,
    sources: contents.sources.map(inferred),
    featureViews: await inOrder(contents.featureViews, inferView),
    streamFeatureViews: await inOrder(contents.streamFeatureViews, inferView),
    onDemandFeatureViews: contents.onDemandFeatureViews.map((view) => inferFromEntities(view, entities)),
    labelViews: contents.labelViews.map((view) =>
      inferFromEntities({ ...view, source: inferred(view.source) }, entities),
    ),
  };
}

/** Whether features are made from the source's columns, instead of being some of them. */
function isComputed(view: FeatureView | StreamFeatureView): boolean {
  return view.transformation !== undefined || ('aggregations' in view && view.aggregations.length > 0);
}

async function inOrder<T>(elements: readonly T[], work: (element: T) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const element of elements) results.push(await work(element));
  return results;
}

/** undefined: the offline store cannot read sources of this type, so nothing can be told from it. */
async function describeReadable(
  source: DataSource,
  describe: Describe,
): Promise<readonly SourceColumn[] | undefined> {
  try {
    return await describe(source);
  } catch (error) {
    if (isCodedError(error, 'SOURCE_UNSUPPORTED')) return undefined;
    throw error;
  }
}

type MaybeDescribe = (source: DataSource) => Promise<readonly SourceColumn[] | undefined>;

/** A stream source over its batch source as inferred; a push source has the batch source's times. */
function overInferred<S extends PushSource | KafkaSource | KinesisSource>(
  source: S,
  sources: ReadonlyMap<DataSource, DataSource>,
): S {
  const batchSource = (sources.get(source.batchSource) ?? source.batchSource) as BatchSource;
  if (source.kind !== 'push_source') return frozen({ ...source, batchSource });
  const { timestampField, createdTimestampColumn, fieldMapping } = batchSource;
  return frozen({ ...source, batchSource, timestampField, createdTimestampColumn, fieldMapping });
}

async function inferTimestampField(source: DataSource, describe: MaybeDescribe): Promise<DataSource> {
  if (source.timestampField !== '' || source.kind === 'request_source') return source;
  const fail = (found: string) =>
    new CodedError(
      'INFERENCE_FAILED',
      `data source "${source.name}": the column of the event time cannot be told: ${found}; set timestampField`,
    );
  const columns = await describe(source);
  if (columns === undefined) throw fail(`the offline store cannot read a ${classNameOf(source)}`);
  const candidates = columns.filter(
    (column) => column.isTimestamp && column.name !== source.createdTimestampColumn,
  );
  if (candidates.length === 1) return frozen({ ...source, timestampField: candidates[0]!.name });
  throw fail(
    candidates.length === 0
      ? 'no column is a timestamp'
      : `several columns are timestamps (${candidates.map((column) => column.name).join(', ')})`,
  );
}

/** Join keys as far as entities and the schema tell; the dummy entity's for a view without any. */
function knownColumns(view: ViewBase, viewEntities: readonly Entity[]): Map<string, Field> {
  const known = new Map<string, Field>(view.entityColumns.map((column) => [column.name, column]));
  for (const { joinKey, valueType } of viewEntities) {
    if (valueType !== undefined && !known.has(joinKey)) known.set(joinKey, field(joinKey, valueType));
  }
  if (view.entities.length === 1 && view.entities[0] === DUMMY_ENTITY.name) {
    known.set(DUMMY_ENTITY.joinKey, field(DUMMY_ENTITY.joinKey, 'String'));
  }
  return known;
}

/** For views without rows of their own: a join key of which nothing is known is a String, as in Feast. */
function inferFromEntities<V extends ViewBase>(view: V, entities: ReadonlyMap<string, Entity>): V {
  const viewEntities = view.entities.flatMap((name) => entities.get(name) ?? []);
  const known = knownColumns(view, viewEntities);
  for (const { joinKey } of viewEntities) {
    if (!known.has(joinKey) && joinKey !== DUMMY_ENTITY.joinKey) known.set(joinKey, field(joinKey, 'String'));
  }
  return frozen({ ...view, entityColumns: [...known.values()] });
}

async function inferSchema<V extends FeatureView | StreamFeatureView>(
  view: V,
  source: BatchSource,
  entities: ReadonlyMap<string, Entity>,
  describe: () => Promise<readonly SourceColumn[] | undefined>,
): Promise<V> {
  const viewEntities = view.entities.flatMap((name) => entities.get(name) ?? []);
  const joinKeys = viewEntities.map((entity) => entity.joinKey);
  const known = knownColumns(view, viewEntities);
  if (joinKeys.every((key) => known.has(key)) && view.features.length > 0) {
    return frozen({ ...view, entityColumns: [...known.values()] });
  }
  const columns = await describe();
  if (columns === undefined) {
    throw new CodedError(
      'INFERENCE_FAILED',
      `feature view "${view.name}": its schema cannot be told, for the offline store cannot read a ${classNameOf(source)}; declare a schema, and give each entity a valueType`,
    );
  }
  for (const column of columns) {
    if (joinKeys.includes(column.name) && !known.has(column.name)) {
      known.set(column.name, field(column.name, typeOf(view, source, column)));
    }
  }
  const unknown = joinKeys.find((key) => !known.has(key));
  if (unknown !== undefined) {
    throw new CodedError(
      'SOURCE_COLUMN_MISSING',
      `feature view "${view.name}": data source "${source.name}" has no column "${unknown}", the join key of an entity; its columns: ${columns.map((c) => c.name).join(', ')}`,
    );
  }
  const features = view.features.length > 0 ? view.features : inferFeatures(view, source, joinKeys, columns);
  return frozen({ ...view, entityColumns: [...known.values()], features });
}

/** All other columns: not the times, and not `__x` or `x__`, which mark internal columns. */
function inferFeatures(
  view: ViewBase,
  source: BatchSource,
  joinKeys: readonly string[],
  columns: readonly SourceColumn[],
): Field[] {
  const { timestampField, createdTimestampColumn, fieldMapping } = source;
  const times = [timestampField, createdTimestampColumn];
  const features = columns
    .filter(({ name }) => !times.includes(name) && !times.includes(fieldMapping[name] ?? name))
    .filter(({ name }) => !joinKeys.includes(name) && !/^__|__$/.test(name))
    .map((column) => field(fieldMapping[column.name] ?? column.name, typeOf(view, source, column)));
  if (features.length === 0) {
    throw new CodedError(
      'INFERENCE_FAILED',
      `feature view "${view.name}": data source "${source.name}" has no column left to be a feature; its columns: ${columns.map((c) => c.name).join(', ')}`,
    );
  }
  return features;
}

function typeOf(view: ViewBase, source: BatchSource, column: SourceColumn): FeastType {
  if (column.type !== undefined) return column.type;
  throw new CodedError(
    'INFERENCE_FAILED',
    `feature view "${view.name}": column "${column.name}" of data source "${source.name}" is ${column.nativeType}, which has no Feast type; declare a schema that says how to read it, or leaves it out`,
  );
}
