import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import protobuf from 'protobufjs';
import { feast } from '../../../src/codec/index.js';
import {
  CAMEL_CASE_FIELDS,
  DURATION_FIELDS,
  MAP_FIELDS,
  TIMESTAMP_FIELDS,
  toJson,
} from '../../../src/codec/json.js';
import { fixturePath } from '../../helpers/fixtures.js';

const { Registry } = feast.core;

for (const name of ['registry_applied', 'registry_materialized']) {
  const bytes = readFileSync(fixturePath('golden', `${name}.pb`));

  test(`${name}: decode and encode give the same bytes`, (t) => {
    t.deepEqual(Buffer.from(Registry.encode(Registry.decode(bytes)).finish()), bytes);
  });

  test(`${name}: the JSON form is the one Python prints`, (t) => {
    const expected = JSON.parse(readFileSync(fixturePath('golden', `${name}.json`), 'utf8'));
    t.deepEqual(toJson(Registry, Registry.decode(bytes)), expected);
  });
}

test('the JSON tables name every map, time and camel-case field of the protos', async (t) => {
  const protos = fileURLToPath(new URL('../../../../proto/', import.meta.url));
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (target.startsWith('google/') ? target : protos + target);
  await root.load(
    readdirSync(`${protos}feast/core`).map((name) => `feast/core/${name}`),
    { keepCase: true },
  );
  root.resolveAll();

  const found = {
    maps: new Set<string>(),
    durations: new Set<string>(),
    timestamps: new Set<string>(),
    camel: new Set<string>(),
  };
  const other = new Set<string>();
  const visit = (namespace: protobuf.NamespaceBase): void => {
    for (const nested of namespace.nestedArray) {
      if (nested instanceof protobuf.Type) {
        for (const field of nested.fieldsArray) {
          const name = protobuf.util.camelCase(field.name);
          const type = field.resolvedType?.fullName;
          if (field.map) found.maps.add(name);
          else if (type === '.google.protobuf.Duration') found.durations.add(name);
          else if (type === '.google.protobuf.Timestamp') found.timestamps.add(name);
          else other.add(name);
          if (/[A-Z]/.test(field.name)) found.camel.add(name);
        }
      }
      if (nested instanceof protobuf.Namespace) visit(nested);
    }
  };
  visit(root.lookup('feast.core') as protobuf.NamespaceBase);

  t.deepEqual([...found.maps].sort(), [...MAP_FIELDS].sort());
  t.deepEqual([...found.durations].sort(), [...DURATION_FIELDS].sort());
  t.deepEqual([...found.timestamps].sort(), [...TIMESTAMP_FIELDS].sort());
  t.deepEqual([...found.camel].sort(), [...CAMEL_CASE_FIELDS].sort());
  const all = [...MAP_FIELDS, ...DURATION_FIELDS, ...TIMESTAMP_FIELDS];
  t.deepEqual(
    all.filter((name) => other.has(name)),
    [],
    'a name means the same in every message',
  );
});

test('unknown fields survive at every depth', (t) => {
  const future = Buffer.from([0xfa, 0x3e, 3, 1, 2, 3]); // field 1007, length-delimited
  const registry = Registry.decode(readFileSync(fixturePath('golden', 'registry_applied.pb')));
  const spec = Buffer.concat([feast.core.EntitySpecV2.encode(registry.entities[0]!.spec!).finish(), future]);
  registry.entities[0]!.spec = feast.core.EntitySpecV2.decode(spec);
  const bytes = Buffer.concat([Registry.encode(registry).finish(), future]);
  const again = Buffer.from(Registry.encode(Registry.decode(bytes)).finish());
  t.deepEqual(again, bytes);
  t.is(again.toString('hex').split(future.toString('hex')).length, 3);
});
