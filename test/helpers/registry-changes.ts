/** The changes that processes make at once in tests of registries, and what must be found of them afterwards. */
import { encodeEntity, feast } from '../../src/codec/index.js';
import { sectionOf } from '../../src/config/section.js';
import { entity } from '../../src/definitions/index.js';
import {
  findObject,
  materializationScope,
  materializedIntervals,
  openRegistry,
  putFeatureView,
  putObject,
  type Registry,
  type RegistryProto,
  type RegistryScope,
  recordMaterialization,
} from '../../src/registry/index.js';

/** Configuration of a registry, with the keys of feature_store.yaml. */
export type RegistryConfig = Readonly<Record<string, unknown>>;

/** Opens a registry that is described as in feature_store.yaml. */
export function openConfigured(config: RegistryConfig, folder: string): Promise<Registry> {
  const { registry_type: type = 'file', ...values } = config;
  return openRegistry({ type: String(type), section: sectionOf(values, 'registry') }, folder);
}

/** What one process is to do: its changes `from` … `count - 1`. */
export interface WorkerOrder {
  readonly registry: RegistryConfig;
  /** relative paths start here */
  readonly folder: string;
  readonly slot: number;
  readonly from: number;
  readonly count: number;
}

const PROJECT = 'demo';
const VIEW = 'stats';
const MINUTE = 60_000;

/** What all changes work on: a feature view, and an entity that many change. */
export function prepareRegistry(draft: RegistryProto): void {
  const view = new feast.core.FeatureView({
    spec: { name: VIEW, project: PROJECT, batchSource: { type: 1, name: 'rows' } },
    meta: {},
  });
  putFeatureView(draft, PROJECT, view, 1n);
  putShared(draft, {});
}

function putShared(draft: RegistryProto, tags: Record<string, string>): void {
  const old = findObject(draft, 'entities', PROJECT, 'shared') as feast.core.Entity | undefined;
  const definition = entity({ name: 'shared', tags: { ...old?.spec?.tags, ...tags } });
  putObject(draft, 'entities', PROJECT, encodeEntity(definition, PROJECT, old, 1n));
}

/** No two of these touch, so none hides in another. */
function intervalOf(slot: number, n: number) {
  const start = Date.UTC(2026, 0, 1) + (slot * 10_000 + n) * 2 * MINUTE;
  return { start: new Date(start), end: new Date(start + MINUTE) };
}

type Kind = 'new object' | 'same object' | 'interval';

function kindOf(slot: number, n: number): Kind {
  return (['new object', 'same object', 'interval'] as const)[(slot + n) % 3]!;
}

/** Change `n` of process `slot`: one of three kinds by turns. Made twice, it changes nothing more. */
export function changeNumber(
  slot: number,
  n: number,
): { edit: (draft: RegistryProto) => void; scope: RegistryScope } {
  const name = `e${slot}_${n}`;
  switch (kindOf(slot, n)) {
    case 'new object':
      return {
        edit: (draft) =>
          putObject(draft, 'entities', PROJECT, encodeEntity(entity({ name }), PROJECT, undefined, 1n)),
        scope: { project: PROJECT, objects: [{ collection: 'entities', name }] },
      };
    case 'same object':
      return {
        edit: (draft) => putShared(draft, { [name]: 'x' }),
        scope: { project: PROJECT, objects: [{ collection: 'entities', name: 'shared' }] },
      };
    case 'interval':
      return {
        edit: (draft) => recordMaterialization(draft, PROJECT, VIEW, intervalOf(slot, n), 1n),
        scope: materializationScope(PROJECT, VIEW),
      };
  }
}

/** Whether a registry holds change `n` of process `slot`. */
export function finder(registry: RegistryProto): (slot: number, n: number) => boolean {
  const shared = findObject(registry, 'entities', PROJECT, 'shared')?.spec?.tags ?? {};
  const starts = new Set(materializedIntervals(registry, PROJECT, VIEW).map(({ start }) => start.getTime()));
  return (slot, n) => {
    const name = `e${slot}_${n}`;
    switch (kindOf(slot, n)) {
      case 'new object':
        return findObject(registry, 'entities', PROJECT, name) !== undefined;
      case 'same object':
        return shared[name] === 'x';
      case 'interval':
        return starts.has(intervalOf(slot, n).start.getTime());
    }
  };
}
