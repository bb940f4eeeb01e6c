import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FEATURES, PROJECT, writeSource } from './rows.js';

/**
 * Seconds that real Feast takes to materialize `entities` of the same rows into the same kind of store, the start
 * of Python and the apply not counted.
 * @param python a Python that has Feast
 * @param onlineStore the online_store section of its feature_store.yaml
 */
export async function timeFeast(
  python: string,
  folder: string,
  entities: number,
  onlineStore: Readonly<Record<string, string | number | boolean>>,
): Promise<number> {
  const repository = join(folder, 'feast');
  mkdirSync(repository);
  await writeSource(join(repository, 'rows.parquet'), entities);
  const section = Object.entries(onlineStore).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
  writeFileSync(
    join(repository, 'feature_store.yaml'),
    [
      `project: ${PROJECT}`,
      'provider: local',
      'registry: registry.pb',
      'entity_key_serialization_version: 3',
      'online_store:',
      ...section,
      '',
    ].join('\n'),
  );
  writeFileSync(join(repository, 'run.py'), PROGRAM);
  const output = execFileSync(python, ['run.py'], {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, TZ: 'UTC', FEAST_USAGE: 'False' },
  });
  return Number(/^SECONDS (.*)$/m.exec(output)?.[1]);
}

const PROGRAM = `
import time
from datetime import datetime, timedelta, timezone
from feast import Entity, FeatureStore, FeatureView, Field, FileSource
from feast.types import Float64
from feast.value_type import ValueType
store = FeatureStore('.')
entity = Entity(name='id', join_keys=['id'], value_type=ValueType.INT64)
view = FeatureView(name='stats', entities=[entity], ttl=timedelta(0),
    schema=[Field(name=name, dtype=Float64) for name in ${JSON.stringify(FEATURES)}],
    source=FileSource(name='rows', path='rows.parquet', timestamp_field='event_timestamp'))
store.apply([entity, view])
started = time.time()
store.materialize(datetime(2026, 11, 1, tzinfo=timezone.utc), datetime(2026, 11, 2, tzinfo=timezone.utc))
print('SECONDS', time.time() - started)
store.teardown()
`;
