import { readFileSync } from 'node:fs';
import test from 'ava';
import { cloneMessage, feast, timestampOf } from '../../../src/codec/index.js';
import { type RegistryProto, verifyRegistry } from '../../../src/registry/index.js';
import { fixturePath } from '../../helpers/fixtures.js';

const { core } = feast;
const NOW = 1_795_000_000_000_000n;
const golden = (name: string) => core.Registry.decode(readFileSync(fixturePath('golden', `${name}.pb`)));

for (const name of ['registry_applied', 'registry_materialized']) {
  test(`${name}: what Feast wrote is sound`, (t) => {
    const messages = verifyRegistry(golden(name), NOW).filter(({ problem }) => problem !== 'interval');
    t.deepEqual(messages, []);
  });
}

type Damage = (registry: RegistryProto) => void;
const interval = (start: bigint, end: bigint) =>
  new core.MaterializationInterval({ startTime: timestampOf(start), endTime: timestampOf(end) });

const DAMAGES: readonly (readonly [what: string, problem: string, message: RegExp, damage: Damage])[] = [
  [
    'an entity that is gone',
    'dangling_reference',
    /mentions entity "driver", which is not registered/,
    (registry) => {
      registry.entities = registry.entities.filter((one) => one.spec?.name !== 'driver');
    },
  ],
  [
    'a source that is gone',
    'dangling_reference',
    /mentions data source "driver_stats_push"/,
    (registry) => {
      registry.dataSources = registry.dataSources.filter((one) => one.name !== 'driver_stats_push');
    },
  ],
  [
    'a view that is gone',
    'dangling_reference',
    /mentions feature view "driver_hourly_stats"/,
    (registry) => {
      registry.featureViews.shift();
    },
  ],
  [
    'an object twice',
    'duplicate_name',
    /registered twice/,
    (registry) => {
      registry.entities.push(registry.entities[0]!);
    },
  ],
  [
    'views that differ in case',
    'duplicate_name',
    /on demand feature view "Driver_Fresh" has that name too/,
    (registry) => {
      registry.onDemandFeatureViews[0]!.spec!.name = 'Driver_Fresh';
    },
  ],
  [
    'a source of no type',
    'undecodable',
    /source type 0 is unknown/,
    (registry) => {
      registry.dataSources[0]!.type = 0;
    },
  ],
  [
    'Kafka without a format',
    'undecodable',
    /without a message format/,
    (registry) => {
      registry.dataSources.find((one) => one.kafkaOptions)!.kafkaOptions!.messageFormat = null;
    },
  ],
  [
    'Kafka without a batch source',
    'undecodable',
    /without a batch source/,
    (registry) => {
      registry.dataSources.find((one) => one.kafkaOptions)!.batchSource = null;
    },
  ],
  [
    'a column of no type',
    'undecodable',
    /column "conv_rate" has the unknown type 0/,
    (registry) => {
      registry.featureViews[0]!.spec!.features![0]!.valueType = 0;
    },
  ],
  [
    'an on-demand view without sources',
    'undecodable',
    /no sources/,
    (registry) => {
      registry.onDemandFeatureViews[0]!.spec!.sources = {};
    },
  ],
  [
    'an on-demand view of another mode',
    'undecodable',
    /mode "sql" is unknown/,
    (registry) => {
      registry.onDemandFeatureViews[0]!.spec!.mode = 'sql';
    },
  ],
  [
    'an on-demand view without a function',
    'undecodable',
    /no transformation/,
    (registry) => {
      registry.onDemandFeatureViews[0]!.spec!.featureTransformation = null;
    },
  ],
  [
    'a saved dataset without storage',
    'undecodable',
    /no storage/,
    (registry) => {
      const spec = new core.SavedDatasetSpec({ name: 'd', project: 'demo' });
      registry.savedDatasets.push(new core.SavedDataset({ spec }));
    },
  ],
  [
    'a validation reference without profiler and dataset',
    'dangling_reference',
    /saved dataset "gone"/,
    (registry) => {
      const reference = { name: 'r', project: 'demo', referenceDatasetName: 'gone' };
      registry.validationReferences.push(new core.ValidationReference(reference));
    },
  ],
  [
    'a permission without a policy',
    'undecodable',
    /no policy/,
    (registry) => {
      const spec = new core.PermissionSpec({ name: 'p', project: 'demo', actions: [1] });
      registry.permissions.push(new core.Permission({ spec }));
    },
  ],
  [
    'a version that is no view',
    'undecodable',
    /version v0 cannot be decoded/,
    (registry) => {
      registry.featureViewVersionHistory!.records![0]!.featureViewProto = new Uint8Array([0x0a, 0x7f]);
    },
  ],
  [
    'an interval in the future',
    'interval',
    /ends in the future/,
    (registry) => {
      registry.featureViews[0]!.meta!.materializationIntervals = [interval(NOW - 5n, NOW + 1n)];
    },
  ],
  [
    'intervals that overlap',
    'interval',
    /overlap/,
    (registry) => {
      registry.featureViews[0]!.meta!.materializationIntervals = [interval(50n, 90n), interval(10n, 60n)];
    },
  ],
  [
    'an interval backwards',
    'interval',
    /ends before it starts/,
    (registry) => {
      registry.featureViews[0]!.meta!.materializationIntervals = [interval(90n, 50n)];
    },
  ],
  [
    'objects of nobody',
    'unknown_project',
    /not registered/,
    (registry) => {
      registry.projects.splice(0);
    },
  ],
];
for (const [what, problem, message, damage] of DAMAGES) {
  test(`found: ${what}`, (t) => {
    const registry = cloneMessage(core.Registry, golden('registry_applied'));
    damage(registry);
    const found = verifyRegistry(registry, NOW);
    t.true(
      found.some((one) => one.problem === problem && message.test(one.message) && one.project === 'demo'),
      JSON.stringify(found, null, 1),
    );
  });
}

test('intervals that touch are sound', (t) => {
  const registry = golden('registry_applied');
  registry.featureViews[0]!.meta!.materializationIntervals = [interval(10n, 50n), interval(50n, 90n)];
  t.deepEqual(verifyRegistry(registry, NOW), []);
});
