import { Command } from 'commander';
import { stringify } from 'yaml';
import type {
  DataSource,
  Definition,
  Entity,
  FeatureService,
  FeatureView,
  Project,
} from '../definitions/index.js';
import { classNameOf, DUMMY_ENTITY } from '../definitions/index.js';
import { formatColumns } from '../shared/command-line.js';
import { CodedError } from '../shared/errors.js';
import type { ObjectKind } from '../store/feature-store.js';
import { withStore } from './context.js';

/** How a kind of object is listed: Feast's words and columns (cli/*.py). */
interface Listing {
  readonly command: string;
  readonly kind: ObjectKind;
  readonly noun: string;
  readonly header: readonly string[];
  row(object: Definition): readonly string[];
}

const tagsText = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags)
    .map(([key, value]) => `${key}:${value}`)
    .join(', ');

function listing<Kind extends Definition>(
  command: string,
  kind: ObjectKind,
  noun: string,
  columns: Record<string, (object: Kind) => string>,
): Listing {
  return {
    command,
    kind,
    noun,
    header: Object.keys(columns),
    row: (object) => Object.values(columns).map((cell) => cell(object as Kind)),
  };
}

const LISTINGS: readonly Listing[] = [
  listing<Entity>('entities', 'entity', 'entity', {
    NAME: (entity) => entity.name,
    DESCRIPTION: (entity) => entity.description,
    TYPE: (entity) => entity.valueType ?? 'Unknown',
  }),
  listing<DataSource>('data-sources', 'data_source', 'data source', {
    NAME: (source) => source.name,
    CLASS: (source) => classNameOf(source),
  }),
  listing<FeatureView>('feature-views', 'feature_view', 'feature view', {
    NAME: (view) => view.name,
    ENTITIES: (view) => view.entities.join(', '),
    TYPE: () => 'FeatureView',
    ENABLED: (view) => (view.enabled ? 'Yes' : 'No'),
    FEATURES: (view) => view.features.map((field) => field.name).join(', '),
  }),
  listing<FeatureService>('feature-services', 'feature_service', 'feature service', {
    NAME: (service) => service.name,
    FEATURES: (service) =>
      service.projections
        .flatMap((part) =>
          (part.features ?? []).map((field) => `${part.alias || part.viewName}:${field.name}`),
        )
        .join(', '),
  }),
  listing<Project>('projects', 'project', 'project', {
    NAME: (project) => project.name,
    DESCRIPTION: (project) => project.description,
    TAGS: (project) => tagsText(project.tags),
    OWNER: (project) => project.owner,
  }),
];

/** `key:value` pairs, all of which an object's tags must hold. */
function parseTags(texts: readonly string[]): [string, string][] {
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const [, key, value] = /^\s*([^:]+):(.*)$/.exec(text) ?? [];
      if (key === undefined || value === undefined) {
        throw new CodedError('USAGE', `--tags ${JSON.stringify(text)}: expected key:value`);
      }
      return [key.trim(), value.trim()];
    });
}

/** `feast KIND list` and `feast KIND describe NAME`, for each kind of object. */
export function objectCommands(): Command[] {
  return LISTINGS.map((listing) => {
    const group = new Command(listing.command).description(`Lists and describes each ${listing.noun}.`);
    group
      .command('list')
      .description(`Lists every ${listing.noun}.`)
      .option('--tags <key:value...>', 'only those that have all these tags', [])
      .option('--json', 'print JSON')
      .action((options: { tags: string[]; json?: boolean }, command: Command) =>
        withStore(command, async (store) => {
          const wanted = parseTags(options.tags);
          const objects = (await store.list(listing.kind)).filter(
            (object) =>
              object.name !== DUMMY_ENTITY.name && wanted.every(([key, value]) => object.tags[key] === value),
          );
          if (options.json) {
            const described = objects.map((object) => store.describe(listing.kind, object.name));
            console.log(JSON.stringify(await Promise.all(described), null, 2));
          } else {
            console.log(
              formatColumns(
                listing.header,
                objects.map((object) => listing.row(object)),
              ),
            );
          }
        }),
      );
    group
      .command('describe')
      .description(`Prints all that is recorded of a ${listing.noun}, as YAML.`)
      .argument('<name>')
      .option('--json', 'print JSON')
      .action((name: string, options: { json?: boolean }, command: Command) =>
        withStore(command, async (store) => {
          const described = await store.describe(listing.kind, name);
          process.stdout.write(
            options.json ? `${JSON.stringify(described, null, 2)}\n` : stringify(described),
          );
        }),
      );
    return group;
  });
}
