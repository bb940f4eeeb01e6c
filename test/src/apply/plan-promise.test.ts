import test from 'ava';
import { planJson } from '../../../src/apply/index.js';
import {
  type Definition,
  entity,
  type FeatureView,
  featureService,
  featureView,
  field,
  labelView,
  onDemandFeatureView,
  permission,
  pushSource,
  requestSource,
} from '../../../src/definitions/index.js';
import { DEFINITION_KINDS, kindOf, nameOf, type RegistryProto } from '../../../src/registry/index.js';
import { applyDefinitions, planDefinitions, registryIn } from '../../helpers/apply-repository.js';
import { fileSource } from '../../helpers/definitions.js';
import { temporaryFolder } from '../../helpers/fixtures.js';
import { seededRandom } from '../../helpers/random.js';
import { tableStore } from '../../helpers/table-store.js';

type Choose = (count: number) => number;

/** A repository of a few names, of which each is there or not, and one way or another. */
function someRepository(choose: Choose): Definition[] {
  const some = (chance: number) => choose(10) < chance;
  const tags = () => ({ v: String(choose(3)) });
  const keys = [entity({ name: 'a', joinKey: some(8) ? 'a' : 'a2', valueType: 'Int64', tags: tags() })];
  const source = fileSource('s.parquet', { owner: String(choose(2)) });
  const stream = pushSource({ name: 'pushed', batchSource: source });
  const views: FeatureView[] = ['v0', 'v1', 'v2', 'v3']
    .filter(() => some(7))
    .map((name) =>
      featureView({
        name,
        entities: some(9) ? keys : [],
        schema: [field('x', some(8) ? 'Int64' : 'String'), ...(some(5) ? [field('y', 'Float64')] : [])],
        source: some(7) ? source : stream,
        online: some(8),
        tags: tags(),
      }),
    );
  const definitions: Definition[] = [...views];
  const first = views[0];
  const request = requestSource({ name: 'request', schema: [field('r', 'Int64')] });
  const computed = onDemandFeatureView({
    name: 'computed',
    sources: first === undefined ? [request] : [first, request],
    schema: [field('z', 'Int64')],
    transformation: { module: 't.ts', function: some(5) ? 'f' : 'g' },
    writeToOnlineStore: some(3),
  });
  if (some(6)) definitions.push(computed);
  if (some(6)) definitions.push(featureService({ name: 'service', features: views, tags: tags() }));
  if (some(4))
    definitions.push(
      labelView({ name: 'labels', entities: keys, schema: [field('l', 'Bool')], tags: tags() }),
    );
  if (some(5))
    definitions.push(permission({ name: 'p', policy: { type: 'roles', roles: [String(choose(3))] } }));
  return definitions;
}

/** Every object by kind and name, as what can be declared of it. */
function objectsIn(registry: RegistryProto): Map<string, string> {
  return new Map(
    DEFINITION_KINDS.flatMap((kind) => {
      const { collection, spec } = kindOf(kind);
      return (registry[collection] as object[]).map(
        (proto) => [`${kind} ${nameOf(proto)}`, withoutTimes(spec(proto))] as const,
      );
    }),
  );
}

const withoutTimes = (value: unknown) =>
  JSON.stringify(value, (key, part) => (key === 'meta' ? undefined : part));

function changesBetween(before: Map<string, string>, after: Map<string, string>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${!before.has(name) ? 'create' : after.has(name) ? 'update' : 'delete'} ${name}`)
    .sort();
}

for (const seed of [1, 2, 3]) {
  test(`what apply changes is what plan said, no more and no less (seed ${seed})`, async (t) => {
    const random = seededRandom(seed);
    const choose: Choose = (count) => Math.floor(random() * count);
    const folder = temporaryFolder(t);
    const onlineStore = tableStore(`${folder}/online.db`);
    const repository = { folder, registry: await registryIn(folder), onlineStore, validateSources: false };
    for (let step = 0; step < 25; step++) {
      const definitions = someRepository(choose);
      const [objects, tables] = [objectsIn(await repository.registry.contents()), onlineStore.tables()];
      const plan = await planDefinitions(repository, definitions);
      t.deepEqual(objectsIn(await repository.registry.contents()), objects, 'plan changes nothing');
      const applied = await applyDefinitions(repository, definitions);
      t.deepEqual(planJson(applied), planJson(plan));

      const after = objectsIn(await repository.registry.contents());
      const said = plan.changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`).sort();
      t.deepEqual(changesBetween(objects, after), said, `step ${step}`);
      const expected = new Set(tables);
      for (const { action, object } of plan.infra) {
        if (action === 'delete') expected.delete(object.name);
        else expected.add(object.name);
      }
      t.deepEqual(onlineStore.tables(), [...expected].sort());
      t.deepEqual((await planDefinitions(repository, definitions)).changes, []);
    }
  });
}
