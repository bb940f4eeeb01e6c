import { feast } from '../codec/index.js';
import { CodedError } from '../shared/errors.js';
import { COLLECTIONS, nameOf, projectOf, type RegistryProto } from './collections.js';
import type { RegistryBackend } from './registry-backend.js';
import { decodeRegistry, encodeRegistry } from './registry-bytes.js';

const { FeatureViewVersionRecord } = feast.core;

/** How many objects a registry holds, by list; lists that are empty are left out. */
export type ObjectCounts = Readonly<Record<string, number>>;

export interface CopyResult {
  readonly copied: ObjectCounts;
  /** what was at the target before, and is replaced */
  readonly replaced: ObjectCounts;
}

export interface CopyOptions {
  /** for messages */
  readonly from: string;
  readonly to: string;
  /** replace a registry that holds something */
  readonly force: boolean;
}

/**
 * Copies all of a registry to another place, reads it back and compares. Where what is read back differs, what was at
 * the target before is put back.
 * @throws CodedError REGISTRY_NOT_FOUND, REGISTRY_NOT_EMPTY, REGISTRY_COPY_DIFFERS, and what the backends throw; a
 *   target that is no registry is refused even with `force`
 */
export async function copyRegistry(
  source: RegistryBackend,
  target: RegistryBackend,
  { from, to, force }: CopyOptions,
): Promise<CopyResult> {
  const loaded = await source.load();
  if (loaded === undefined)
    throw new CodedError('REGISTRY_NOT_FOUND', `${from}: there is no registry to copy`);
  const contents = copyOf(loaded, from);
  const { result: before } = await target.change((draft) => {
    const old = copyOf(draft, to);
    const counts = countObjects(old);
    if (!force && Object.keys(counts).length > 0) {
      throw new CodedError(
        'REGISTRY_NOT_EMPTY',
        `${to} holds a registry already (${formatCounts(counts)}); --force replaces it, or choose an empty place`,
      );
    }
    replaceContents(draft, copyOf(contents, from));
    return old;
  });
  const stored = await target.load();
  const difference = stored === undefined ? 'nothing is there' : differenceOf(contents, stored);
  if (difference !== undefined) {
    await target.change((draft) => replaceContents(draft, before));
    throw new CodedError(
      'REGISTRY_COPY_DIFFERS',
      `${to}: what was read back is not what ${from} holds: ${difference}. What was there before was put back`,
    );
  }
  return { copied: countObjects(contents), replaced: countObjects(before) };
}

function formatCounts(counts: ObjectCounts): string {
  const parts = Object.entries(counts).map(([list, count]) => `${list} ${count}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function copyOf(registry: RegistryProto, location: string): RegistryProto {
  return decodeRegistry(encodeRegistry(registry), location);
}

interface UnknownFields {
  $unknowns?: Uint8Array[];
}

function replaceContents(draft: RegistryProto, contents: RegistryProto): void {
  for (const key of Object.keys(draft)) delete (draft as unknown as Record<string, unknown>)[key];
  Object.assign(draft, contents);
  // the decoder makes this property one that Object.assign does not see
  (draft as UnknownFields).$unknowns = (contents as UnknownFields).$unknowns ?? [];
}

/** Objects that stand for themselves, with a key that is theirs alone in the registry. */
function* objectsIn(registry: RegistryProto): Generator<{ list: string; key: string; bytes: Uint8Array }> {
  for (const collection of COLLECTIONS) {
    for (const proto of registry[collection] as object[]) {
      const key = `${projectOf(collection, proto)}/${nameOf(proto)}`;
      yield { list: collection, key, bytes: encodeOne({ [collection]: [proto] }) };
    }
  }
  for (const metadata of registry.projectMetadata) {
    const key = metadata.project ?? '';
    yield { list: 'projectMetadata', key, bytes: encodeOne({ projectMetadata: [metadata] }) };
  }
  for (const record of registry.featureViewVersionHistory?.records ?? []) {
    const key = `${record.projectId}/${record.featureViewName}/v${record.versionNumber}`;
    yield { list: 'featureViewVersions', key, bytes: encodeVersion(record) };
  }
}

function encodeOne(lists: object): Uint8Array {
  return feast.core.Registry.encode(Object.assign(new feast.core.Registry(), lists)).finish();
}

/** With the time in whole seconds, which is all that Feast's SQL schema keeps. */
function encodeVersion(record: feast.core.FeatureViewVersionRecord.$Properties): Uint8Array {
  const same = FeatureViewVersionRecord.decode(FeatureViewVersionRecord.encode(record).finish());
  if (same.createdTimestamp) same.createdTimestamp.nanos = 0;
  return FeatureViewVersionRecord.encode(same).finish();
}

function countObjects(registry: RegistryProto): ObjectCounts {
  const counts: Record<string, number> = {};
  for (const { list } of objectsIn(registry)) counts[list] = (counts[list] ?? 0) + 1;
  return counts;
}

/**
 * What two registries differ in, but for the version_id and time of the last write and the order of objects, which
 * databases do not keep; undefined: nothing.
 */
function differenceOf(expected: RegistryProto, found: RegistryProto): string | undefined {
  const entries = (registry: RegistryProto) =>
    new Map([...objectsIn(registry)].map(({ list, key, bytes }) => [`${list} ${key}`, Buffer.from(bytes)]));
  const foundEntries = entries(found);
  const expectedEntries = entries(expected);
  for (const [key, bytes] of expectedEntries) {
    const other = foundEntries.get(key);
    if (other === undefined) return `${key} is missing`;
    if (!bytes.equals(other)) return `${key} differs`;
  }
  for (const key of foundEntries.keys()) if (!expectedEntries.has(key)) return `${key} is too much`;
  return Buffer.compare(restOf(expected), restOf(found)) === 0
    ? undefined
    : 'infrastructure or unknown fields differ';
}

/** What stands beside the objects: infrastructure, and fields that this version does not know. */
function restOf(registry: RegistryProto): Uint8Array {
  const rest = copyOf(registry, 'the registry');
  for (const collection of COLLECTIONS) rest[collection] = [];
  rest.projectMetadata = [];
  rest.featureViewVersionHistory = null;
  rest.versionId = '';
  rest.lastUpdated = null;
  return encodeRegistry(rest);
}
