/**
 * A registry of 10,000 feature views × 10 features on every backend: cold load, list, get one, one change, apply all,
 * apply again. With FEAST_PYTHON, 500 views also with real Feast. Arguments: number of views, backends.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executeApply } from '../src/apply/index.js';
import { encodeFeatureView, nowMicros } from '../src/codec/index.js';
import { entity, featureView, fileSource } from '../src/definitions/index.js';
import {
  findObject,
  materializationScope,
  putFeatureView,
  recordMaterialization,
} from '../src/registry/index.js';
import { collectContents } from '../src/repository/index.js';
import { openConfigured } from '../test/helpers/registry-changes.js';
import { openRegistryPlace, type RegistryPlace } from '../test/helpers/registry-places.js';

const FEATURES = 10;
const FEAST_VIEWS = 500;
const FEAST_SCRIPT = fileURLToPath(new URL('../../bench/registry_feast.py', import.meta.url));

function declare(views: number, description = '') {
  const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: 'Int64' });
  const source = fileSource({ name: 'rows', path: 'rows.parquet', timestampField: 'event_timestamp' });
  const schema = Array.from({ length: FEATURES }, (_, index) => ({
    name: `feature_${index}`,
    dtype: 'Float64' as const,
    description: '',
    tags: {},
  }));
  const all = Array.from({ length: views }, (_, index) =>
    featureView({
      name: `view_${index}`,
      entities: [driver],
      ttl: '1d',
      schema,
      source,
      description: index === 0 ? description : '',
    }),
  );
  return collectContents([driver, source, ...all]);
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function measure(place: RegistryPlace, views: number): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const registry = await openConfigured(place.registry, place.folder);
  const time = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    figures[name] = Number((performance.now() - started).toFixed(1));
    return result;
  };
  const request = {
    project: 'bench',
    projectDescription: '',
    registry,
    onlineStore: null,
    allowDestructive: true,
    by: 'bench',
  };
  const contents = declare(views);
  await time('apply_all_ms', () => executeApply({ ...request, contents }));
  await time('apply_again_ms', () => executeApply({ ...request, contents }));
  await time('apply_one_changed_ms', () => executeApply({ ...request, contents: declare(views, 'changed') }));

  registry.refresh();
  await time('cold_get_one_ms', () => registry.get('feature_view', 'bench', 'view_1'));
  registry.refresh();
  await time('cold_list_ms', () => registry.list('feature_view', 'bench'));
  await time('warm_list_ms', () => registry.list('feature_view', 'bench'));
  await time('get_1000_ms', async () => {
    for (let n = 0; n < 1000; n++) {
      await registry.get('feature_view', 'bench', `view_${Math.floor((views * n) / 1000)}`);
    }
  });
  registry.refresh();
  await time('cold_load_ms', () => registry.contents());

  const changes: number[] = [];
  const intervals: number[] = [];
  for (let n = 0; n < 11; n++) {
    const name = `view_${Math.floor((views * n) / 11)}`;
    const scope = { project: 'bench', objects: [{ collection: 'featureViews' as const, name }] };
    let started = performance.now();
    await registry.change((draft) => {
      const old = findObject(draft, 'featureViews', 'bench', name)!;
      const definition = contents.featureViews.find((view) => view.name === name)!;
      const source = old.spec!.batchSource as Parameters<typeof encodeFeatureView>[2];
      const changed = { ...definition, owner: `owner ${n}` };
      const proto = encodeFeatureView(changed, 'bench', source, old as never, nowMicros());
      putFeatureView(draft, 'bench', proto, nowMicros());
    }, scope);
    changes.push(performance.now() - started);
    started = performance.now();
    const interval = { start: new Date(n * 100_000), end: new Date(n * 100_000 + 1) };
    await registry.change(
      (draft) => recordMaterialization(draft, 'bench', name, interval, nowMicros()),
      materializationScope('bench', name),
    );
    intervals.push(performance.now() - started);
  }
  figures.change_one_ms = Number(median(changes).toFixed(1));
  figures.record_interval_ms = Number(median(intervals).toFixed(1));
  await registry.close();
  return figures;
}

function measureFeast(python: string, place: RegistryPlace): Record<string, number> {
  const { registry, folder } = place;
  const config = { project: 'bench', provider: 'local', registry, online_store: null };
  writeFileSync(
    join(folder, 'feature_store.yaml'),
    JSON.stringify({ ...config, entity_key_serialization_version: 3 }),
  );
  const output = execFileSync(python, [FEAST_SCRIPT, folder, String(FEAST_VIEWS), String(FEATURES)], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC', PYTHONWARNINGS: 'ignore' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.trim().split('\n').at(-1)!);
}

const [first, ...others] = process.argv.slice(2);
const views = Number(first ?? 10_000);
const python = process.env.FEAST_PYTHON;
for (const backend of others.length > 0 ? others : ['file', 'sqlite', 'postgres']) {
  const runs: [string, number, (place: RegistryPlace) => Promise<Record<string, number>>][] = [
    ['feast-scheduler', views, (place) => measure(place, views)],
  ];
  if (python !== undefined) {
    runs.push(['feast-scheduler', FEAST_VIEWS, (place) => measure(place, FEAST_VIEWS)]);
    runs.push(['Feast 0.66', FEAST_VIEWS, async (place) => measureFeast(python, place)]);
  }
  for (const [engine, count, run] of runs) {
    const place = await openRegistryPlace(backend);
    if (place === undefined) {
      console.log(JSON.stringify({ bench: 'registry', backend, skipped: 'not reachable' }));
      break;
    }
    try {
      console.log(
        JSON.stringify({
          bench: 'registry',
          engine,
          backend,
          views: count,
          features: FEATURES,
          ...(await run(place)),
        }),
      );
    } finally {
      await place.remove();
    }
  }
}
