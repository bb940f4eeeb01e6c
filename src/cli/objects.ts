import { Command } from 'commander';
import { stringify } from 'yaml';
import { DUMMY_ENTITY } from '../definitions/index.js';
import { formatColumns } from '../shared/command-line.js';
import { CodedError } from '../shared/errors.js';
import { withStore } from './context.js';
import { LISTINGS, type Listing } from './listings.js';

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

function listCommand(listing: Listing): Command {
  return new Command('list')
    .description(`Lists every ${listing.noun}.`)
    .option('--tags <key:value...>', 'only those that have all these tags', [])
    .option('--json', 'print JSON')
    .action((options: { tags: string[]; json?: boolean }, command: Command) =>
      withStore(command, async ({ registry }) => {
        const wanted = parseTags(options.tags);
        const found = await Promise.all(
          listing.kinds.map(async (kind) => (await registry.list(kind)).map((object) => ({ kind, object }))),
        );
        const objects = found
          .flat()
          .filter(
            ({ object }) =>
              object.name !== DUMMY_ENTITY.name && wanted.every(([key, value]) => object.tags[key] === value),
          );
        if (options.json) {
          const described = objects.map(({ kind, object }) => registry.describe(kind, object.name));
          console.log(JSON.stringify(await Promise.all(described), null, 2));
        } else {
          const context = { states: await registry.viewStates() };
          const rows = objects.map(({ object }) => listing.row(object, context));
          console.log(formatColumns(listing.header, rows));
        }
      }),
    );
}

function describeCommand(listing: Listing): Command {
  return new Command('describe')
    .description(`Prints all that is recorded of a ${listing.noun}, as YAML.`)
    .argument('<name>')
    .option('--json', 'print JSON')
    .action((name: string, options: { json?: boolean }, command: Command) =>
      withStore(command, async ({ registry }) => {
        const kind = listing.kinds[0]!;
        const described = await registry.describe(kind, name);
        const definition = await registry.get(kind, name);
        // Feast says these of a feature view even where they are defaults
        const always =
          definition.kind === 'feature_view'
            ? { enabled: definition.enabled, state: (await registry.viewStates()).get(name) }
            : {};
        const shown = { ...(described as object), ...always };
        process.stdout.write(options.json ? `${JSON.stringify(shown, null, 2)}\n` : stringify(shown));
      }),
    );
}

function listVersionsCommand(): Command {
  return new Command('list-versions')
    .description('Lists the versions of a feature view: one for each schema it has had.')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action((name: string, options: { json?: boolean }, command: Command) =>
      withStore(command, async ({ registry }) => {
        const versions = await registry.versions(name);
        if (options.json) console.log(JSON.stringify(versions, null, 2));
        else {
          const rows = versions.map((one) => [
            one.version,
            one.type,
            one.created.toISOString(),
            one.versionId,
          ]);
          console.log(formatColumns(['VERSION', 'TYPE', 'CREATED', 'VERSION_ID'], rows));
        }
      }),
    );
}

function describeVersionCommand(): Command {
  return new Command('describe-version')
    .description('Prints a feature view as it was in one of its versions, as YAML.')
    .argument('<name>')
    .argument('<version>', 'v0, v1 …')
    .option('--json', 'print JSON')
    .action((name: string, version: string, options: { json?: boolean }, command: Command) =>
      withStore(command, async ({ registry }) => {
        const versions = await registry.versions(name);
        // Feast: "v2" and "version2" are one
        const wanted = version.toLowerCase().replace(/^version/, 'v');
        const found = versions.find((one) => one.version === wanted)?.describe(false);
        if (found === undefined) {
          const known = versions.map((one) => one.version).join(', ');
          throw new CodedError(
            'USAGE',
            `feature view "${name}" has no version "${version}"; it has ${known}`,
          );
        }
        process.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : stringify(found));
      }),
    );
}

/** `feast KIND list` and `feast KIND describe NAME`, for each kind of object. */
export function objectCommands(): Command[] {
  return LISTINGS.map((listing) => {
    const group = new Command(listing.command)
      .description(`Lists and describes each ${listing.noun}.`)
      .addCommand(listCommand(listing))
      .addCommand(describeCommand(listing));
    return listing.command === 'feature-views'
      ? group.addCommand(listVersionsCommand()).addCommand(describeVersionCommand())
      : group;
  });
}
