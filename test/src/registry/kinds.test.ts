import { readFileSync } from 'node:fs';
import test from 'ava';
import { feast } from '../../../src/codec/index.js';
import type { DataSource } from '../../../src/definitions/index.js';
import {
  DEFINITION_KINDS,
  type DefinitionKind,
  type EncodeContext,
  findObject,
  kindOf,
  nameOf,
  type RegistryProto,
  VIEW_KINDS,
} from '../../../src/registry/index.js';
import { fixturePath } from '../../helpers/fixtures.js';

const { core } = feast;

function contextOver(registry: RegistryProto): Omit<EncodeContext<object>, 'existing'> {
  return {
    project: 'demo',
    now: 1_793_000_000_123_456n,
    source: (source: DataSource) =>
      findObject(registry, 'dataSources', 'demo', source.name) as feast.core.DataSource,
    view: (name) =>
      VIEW_KINDS.map((kind) => findObject(registry, kindOf(kind).collection, 'demo', name)).find(
        (view) => view !== undefined,
      ) as object,
  };
}

/** Takes out, at every depth, when things were written, which an encoding sets. */
function withoutTimes<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const [key, part] of Object.entries(value)) {
    if (key === 'meta') (value as Record<string, unknown>)[key] = null;
    else withoutTimes(part);
  }
  return value;
}

function bytesOf(kind: DefinitionKind, proto: object): Buffer {
  const one = Object.assign(new core.Registry(), { [kindOf(kind).collection]: [proto] });
  const copy = core.Registry.decode(core.Registry.encode(one).finish());
  return Buffer.from(core.Registry.encode(withoutTimes(copy)).finish());
}

for (const name of ['registry_applied', 'registry_materialized']) {
  const registry = core.Registry.decode(readFileSync(fixturePath('golden', `${name}.pb`)));
  for (const kind of DEFINITION_KINDS) {
    const { collection, decode, encode, spec, isForeign } = kindOf(kind);
    const objects = registry[collection] as object[];
    if (objects.length === 0) continue;

    test(`${name}: each ${kind} is a definition, and encoded anew it is what Python wrote`, (t) => {
      for (const proto of objects) {
        const definition = decode(proto);
        t.is(definition.name, nameOf(proto));
        t.not(definition.kind, 'opaque_source');
        const again = encode(definition, { ...contextOver(registry), existing: undefined });
        t.deepEqual(withoutTimes(spec(again)), withoutTimes(spec(proto)), nameOf(proto));
        const updated = encode(definition, { ...contextOver(registry), existing: proto });
        t.deepEqual(bytesOf(kind, updated), bytesOf(kind, proto), nameOf(proto));
        // a function that Python pickled cannot be declared; everything else can
        t.is(isForeign(proto), kind === 'on_demand_feature_view');
      }
    });
  }
}
