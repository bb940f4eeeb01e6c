import type { Entity, FeastType, FeatureView, Field, FileSource } from '../../src/definitions/index.js';

const named = { description: '', tags: {}, owner: '' };

export function field(name: string, dtype: FeastType): Field {
  return { name, dtype, description: '', tags: {} };
}

export function fields(types: Readonly<Record<string, FeastType>>): Field[] {
  return Object.entries(types).map(([name, dtype]) => field(name, dtype));
}

export function fileSource(path: string, more: Partial<FileSource> = {}): FileSource {
  return {
    kind: 'file_source',
    name: path,
    path,
    format: path.endsWith('.csv') ? 'csv' : 'parquet',
    timestampField: 'event_timestamp',
    createdTimestampColumn: '',
    fieldMapping: {},
    ...named,
    ...more,
  };
}

export function entity(name: string, joinKey: string, valueType?: FeastType): Entity {
  return { kind: 'entity', name, joinKey, valueType, ...named };
}

export function featureView(
  name: string,
  joinKeys: Readonly<Record<string, FeastType>>,
  features: Readonly<Record<string, FeastType>>,
  source: FeatureView['source'],
  more: Partial<FeatureView> = {},
): FeatureView {
  return {
    kind: 'feature_view',
    name,
    entities: Object.keys(joinKeys),
    entityColumns: fields(joinKeys),
    features: fields(features),
    schema: [],
    ttl: 0,
    online: true,
    offline: false,
    enabled: true,
    source,
    streamSource: undefined,
    entityObjects: [],
    ...named,
    ...more,
  };
}
