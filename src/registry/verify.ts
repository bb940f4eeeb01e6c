/** Looks for what is wrong in a registry, and tells without changing anything. Pure. */
import { type feast, microsOf } from '../codec/index.js';
import { messageOf } from '../shared/errors.js';
import {
  COLLECTIONS,
  type Collection,
  nameOf,
  objectsOf,
  projectOf,
  type RegistryProto,
} from './collections.js';
import { type ViewVersion, viewVersions } from './feature-view-versions.js';
import { DEFINITION_KINDS, type DefinitionKind, isViewKind, kindOf, VIEW_KINDS } from './kinds.js';
import { faultsForPython } from './python-faults.js';
import { type ReferencedKind, referencesOf } from './references.js';

export interface Finding {
  readonly project: string;
  /** as Feast prints it: `feature view` */
  readonly kind: string;
  readonly name: string;
  readonly problem: 'dangling_reference' | 'duplicate_name' | 'undecodable' | 'interval' | 'unknown_project';
  /** what is wrong, for people */
  readonly message: string;
}

/**
 * @param now microseconds since the epoch; intervals that end later are findings
 * @returns what is wrong, by project and kind; nothing for a sound registry
 */
export function verifyRegistry(registry: RegistryProto, now: bigint): Finding[] {
  const projects = new Set(registry.projects.map(nameOf));
  const used = new Set(
    COLLECTIONS.flatMap((collection) =>
      (registry[collection] as object[]).map((proto) => projectOf(collection, proto)),
    ),
  );
  return [...new Set([...projects, ...used])].flatMap((project) => {
    const unknown: Finding[] = projects.has(project)
      ? []
      : [
          {
            project,
            kind: 'project',
            name: project,
            problem: 'unknown_project',
            message: 'objects belong to it, but it is not registered',
          },
        ];
    const known = namesOf(registry, project);
    return [
      ...unknown,
      ...DEFINITION_KINDS.flatMap((kind) => verifyKind(registry, project, kind, known, now)),
      ...versionFindings(registry, project),
    ];
  });
}

function verifyKind(
  registry: RegistryProto,
  project: string,
  kind: DefinitionKind,
  known: Names,
  now: bigint,
): Finding[] {
  const { collection, label } = kindOf(kind);
  const seen = new Set<string>();
  return (objectsOf(registry, collection, project) as object[]).flatMap((proto) => {
    const name = nameOf(proto);
    const isTwice = seen.has(name);
    seen.add(name);
    const clashes = isViewKind(kind)
      ? (known.views.get(name.toLowerCase()) ?? []).filter((other) => other !== viewText(kind, name))
      : [];
    const found: readonly (readonly [Finding['problem'], readonly string[]])[] = [
      ['duplicate_name', isTwice ? ['is registered twice; only the first is ever found'] : []],
      [
        'duplicate_name',
        clashes.map((other) => `${other} has that name too; names of views must differ in more than case`),
      ],
      ['undecodable', undecodable(kind, proto)],
      ['dangling_reference', dangling(collection, proto, known)],
      ['interval', isViewKind(kind) ? intervalFaults(proto, now) : []],
    ];
    return found.flatMap(([problem, messages]) =>
      messages.map((message) => ({ project, kind: label, name, problem, message })),
    );
  });
}

const viewText = (kind: DefinitionKind, name: string) => `${kindOf(kind).label} "${name}"`;

type Names = Readonly<Record<ReferencedKind, ReadonlySet<string>>> & {
  /** by name without regard to case */
  readonly views: ReadonlyMap<string, readonly string[]>;
};

function namesOf(registry: RegistryProto, project: string): Names {
  const names = (collection: Collection) =>
    (objectsOf(registry, collection, project) as object[]).map(nameOf);
  const views = new Map<string, string[]>();
  for (const kind of VIEW_KINDS) {
    for (const name of names(kindOf(kind).collection)) {
      const known = views.get(name.toLowerCase()) ?? [];
      views.set(name.toLowerCase(), [...known, viewText(kind, name)]);
    }
  }
  return {
    entity: new Set(names('entities')),
    data_source: new Set(names('dataSources')),
    feature_view: new Set(VIEW_KINDS.flatMap((kind) => names(kindOf(kind).collection))),
    saved_dataset: new Set(names('savedDatasets')),
    views,
  };
}

function dangling(collection: Collection, proto: object, known: Names): string[] {
  // a source holds the whole of the source it is over, and Feast registers that one only where a view reads it
  if (collection === 'dataSources') return [];
  return referencesOf(collection, proto)
    .filter((reference) => !known[reference.kind].has(reference.name))
    .map(({ kind, name }) => `mentions ${kindOf(kind).label} "${name}", which is not registered`);
}

function undecodable(kind: DefinitionKind, proto: object): string[] {
  try {
    kindOf(kind).decode(proto);
  } catch (error) {
    return [`cannot be decoded: ${messageOf(error)}`];
  }
  return faultsForPython(kind, proto).map((fault) => `Python Feast cannot read it: ${fault}`);
}

function versionFindings(registry: RegistryProto, project: string): Finding[] {
  return viewVersions(registry, project).flatMap((version) => {
    const message = versionFault(version);
    if (message === undefined) return [];
    return [{ project, kind: 'feature view', name: version.name, problem: 'undecodable' as const, message }];
  });
}

function versionFault({ version, type, describe }: ViewVersion): string | undefined {
  try {
    return describe(true) === undefined ? `version ${version} is of unknown type "${type}"` : undefined;
  } catch (error) {
    return `version ${version} cannot be decoded: ${messageOf(error)}`;
  }
}

function intervalFaults(proto: object, now: bigint): string[] {
  const { meta } = proto as Pick<feast.core.FeatureView, 'meta'>;
  const intervals = (meta?.materializationIntervals ?? [])
    .map(({ startTime, endTime }) => ({ start: microsOf(startTime ?? {}), end: microsOf(endTime ?? {}) }))
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const text = ({ start, end }: { start: bigint; end: bigint }) => `${timeText(start)} to ${timeText(end)}`;
  return intervals.flatMap((interval, index) => {
    const before = intervals[index - 1];
    return [
      ...(interval.end < interval.start ? [`interval ${text(interval)} ends before it starts`] : []),
      ...(interval.end > now ? [`interval ${text(interval)} ends in the future`] : []),
      ...(before !== undefined && before.end > interval.start
        ? [`intervals ${text(before)} and ${text(interval)} overlap`]
        : []),
    ];
  });
}

function timeText(micros: bigint): string {
  const date = new Date(Number(micros / 1000n));
  return Number.isNaN(date.getTime()) ? `${micros} µs` : date.toISOString();
}
