/** Real Feast and this engine change one registry in turn: what each registered, the other finds, whole. */
import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { nowMicros } from '../../src/codec/index.js';
import {
  entity,
  type FeatureView,
  featureService,
  featureView,
  fileSource,
} from '../../src/definitions/index.js';
import { type Registry, recordMaterialization } from '../../src/registry/index.js';
import { applyDefinitions } from '../helpers/apply-repository.js';
import { fixturePath } from '../helpers/fixtures.js';
import { openConfigured, type RegistryConfig } from '../helpers/registry-changes.js';
import { openRegistryPlace } from '../helpers/registry-places.js';

const PYTHON = process.env.FEAST_PYTHON;
const TURN = fileURLToPath(new URL('../../../test/interop/feast_turn.py', import.meta.url));
const TURNS = 5;
const HOUR = 3_600_000;

interface Held {
  project: string;
  entities: Record<string, string>;
  sources: string[];
  views: HeldView[];
  transformed: { name: string; product: number }[];
  services: Record<string, string[]>;
}

interface HeldView {
  name: string;
  entities: string[];
  features: string[];
  join_keys: string[];
  ttl: number;
  online: boolean;
  tags: Record<string, string>;
  owner: string;
  description: string;
  source: string;
  path: string;
  intervals: [string, string][];
}

/** What real Feast finds in the registry, after its turn. */
function turnOfFeast(folder: string, turn: number): Held {
  const output = execFileSync(PYTHON!, [TURN, folder, String(turn)], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC', PYTHONWARNINGS: 'ignore' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(output.trim().split('\n').at(-1)!) as Held;
}

/** Registers objects named after the turn, and an interval of the newest view that Feast registered. */
async function turnOfOurs(folder: string, registry: Registry, turn: number): Promise<void> {
  const driver = entity({
    name: 'driver',
    joinKey: 'driver_id',
    valueType: 'Int64',
    description: `ts ${turn}`,
  });
  const source = fileSource({
    name: `ts_source_${turn}`,
    path: 'data/stats.parquet',
    timestampField: 'event_timestamp',
    createdTimestampColumn: 'created',
  });
  const view = featureView({
    name: `ts_view_${turn}`,
    entities: [driver],
    ttl: `${turn}h`,
    schema: [
      { name: 'conv_rate', dtype: 'Float64', description: '', tags: { unit: 'share' } },
      { name: 'vec', dtype: 'Array(Float32)', description: '', tags: {} },
    ],
    source,
    tags: { turn: String(turn) },
    owner: 'typescript',
  });
  const service = featureService({ name: `ts_service_${turn}`, features: [view] });
  await applyDefinitions({ folder, registry, onlineStore: null, partial: true }, [
    driver,
    source,
    view,
    service,
  ]);
  if (turn === 1) return;
  const start = new Date(Date.UTC(2026, 10, turn - 1));
  const interval = { start, end: new Date(start.getTime() + HOUR) };
  await registry.change((draft) =>
    recordMaterialization(draft, 'demo', `py_view_${turn - 1}`, interval, nowMicros()),
  );
}

const day = (turn: number): [string, string] => {
  const date = `2026-11-0${turn}`;
  return [`${date}T00:00:00+00:00`, `${date}T01:00:00+00:00`];
};
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

function expectedViews(ours: number, theirs: number, intervals: number): HeldView[] {
  const common = {
    entities: ['driver'],
    join_keys: ['driver_id'],
    online: true,
    description: '',
    path: 'data/stats.parquet',
  };
  const python = upTo(theirs).map((turn) => ({
    ...common,
    name: `py_view_${turn}`,
    features: ['conv_rate: Float64 {"unit": "share"}', 'trips: Int64 {}'],
    ttl: turn * 3600,
    tags: { turn: String(turn) },
    owner: 'python',
    source: `py_source_${turn}`,
    intervals: turn <= intervals ? [day(turn)] : [],
  }));
  const typescript = upTo(ours).map((turn) => ({
    ...common,
    name: `ts_view_${turn}`,
    features: ['conv_rate: Float64 {"unit": "share"}', 'vec: Array(Float32) {}'],
    ttl: turn * 3600,
    tags: { turn: String(turn) },
    owner: 'typescript',
    source: `ts_source_${turn}`,
    intervals: turn <= theirs ? [day(turn)] : [],
  }));
  return [...python, ...typescript];
}

function expectedOf(ours: number, theirs: number, intervals: number, last: string): Held {
  const names = (what: string) => [
    ...upTo(theirs).map((turn) => `py_${what}_${turn}`),
    ...upTo(ours).map((turn) => `ts_${what}_${turn}`),
  ];
  return {
    project: 'demo',
    entities: { driver: last },
    sources: [...names('source'), ...upTo(theirs).map((turn) => `py_request_${turn}`)].sort(),
    views: expectedViews(ours, theirs, intervals),
    transformed: upTo(theirs).map((turn) => ({ name: `py_transformed_${turn}`, product: 5 })),
    services: Object.fromEntries(names('service').map((name) => [name, [name.replace('service', 'view')]])),
  };
}

/** The same of what this engine finds. */
async function heldByOurs(registry: Registry) {
  const views = (await registry.list('feature_view', 'demo')) as FeatureView[];
  const plain = (await registry.list('entity', 'demo')).filter(({ name }) => name !== '__dummy');
  const services = await registry.list('feature_service', 'demo');
  return {
    entities: Object.fromEntries(plain.map(({ name, description }) => [name, description])),
    sources: (await registry.list('data_source', 'demo')).map(({ name }) => name).sort(),
    views: views
      .map(({ name, ttl, tags, owner }) => ({ name, ttl: ttl / 1000, tags: { ...tags }, owner }))
      .sort(byName),
    services: Object.fromEntries(
      services.map((service) => [service.name, service.projections.map((p) => p.viewName)]),
    ),
  };
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

for (const backend of ['file', 'sqlite', 'postgres']) {
  test.serial(`${backend}: five turns each of real Feast and this engine, nothing lost`, async (t) => {
    const place = await openRegistryPlace(backend);
    if (place === undefined) {
      t.log(`skipped: no ${backend} server`);
      return t.pass();
    }
    t.teardown(() => place.remove());
    const { folder } = place;
    const config = absolute(place.registry, folder);
    cpSync(fixturePath('golden_repo', 'data'), join(folder, 'data'), { recursive: true });
    const yaml = {
      project: 'demo',
      provider: 'local',
      registry: config,
      entity_key_serialization_version: 3,
    };
    writeFileSync(join(folder, 'feature_store.yaml'), JSON.stringify(yaml));
    const registry = await openConfigured(config, folder);
    t.teardown(() => registry.close());

    for (const turn of upTo(TURNS)) {
      await turnOfOurs(folder, registry, turn);
      const seen = turnOfFeast(folder, 0);
      t.deepEqual(sorted(seen), sorted(expectedOf(turn, turn - 1, turn - 1, `ts ${turn}`)), `ours ${turn}`);

      const held = turnOfFeast(folder, turn);
      const expected = expectedOf(turn, turn, turn - 1, `py ${turn}`);
      t.deepEqual(sorted(held), sorted(expected), `Feast ${turn}`);
      registry.refresh();
      t.deepEqual(await heldByOurs(registry), {
        entities: expected.entities,
        sources: expected.sources,
        views: expected.views.map(({ name, ttl, tags, owner }) => ({ name, ttl, tags, owner })).sort(byName),
        services: expected.services,
      });
    }
  });
}

/** Objects without regard to the order of their keys. */
function sorted(held: Held): Held {
  return { ...held, views: [...held.views].sort(byName) };
}

/** Feast starts relative SQLite paths at the working directory. */
function absolute(registry: RegistryConfig, folder: string): RegistryConfig {
  const path = String(registry.path);
  if (path.startsWith('sqlite:///'))
    return { ...registry, path: `sqlite:///${join(folder, path.slice(10))}` };
  return path.includes('://') ? registry : { ...registry, path: join(folder, path) };
}
