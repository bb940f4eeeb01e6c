import { Command } from 'commander';
import type { Entity, FeastType } from '../definitions/index.js';
import { withExamples } from '../shared/command-line.js';
import { CodedError } from '../shared/errors.js';
import { withStore } from './context.js';

interface Options {
  readonly entities: string[];
  readonly features: string[];
  readonly service?: string;
  readonly fullFeatureNames?: boolean;
}

/** `airport=ATL airport=JFK` → one row an occurrence of the same join key: `[{airport: 'ATL'}, {airport: 'JFK'}]`. */
function entityRows(texts: readonly string[]): Record<string, string>[] {
  const columns = new Map<string, string[]>();
  for (const text of texts.flatMap((part) => part.split(','))) {
    const at = text.indexOf('=');
    if (at < 1) throw new CodedError('USAGE', `--entities ${JSON.stringify(text)}: expected join_key=value`);
    const key = text.slice(0, at).trim();
    columns.set(key, [...(columns.get(key) ?? []), text.slice(at + 1).trim()]);
  }
  const count = Math.max(0, ...[...columns.values()].map((values) => values.length));
  for (const [key, values] of columns) {
    if (values.length !== count) {
      throw new CodedError(
        'USAGE',
        `--entities: "${key}" is given ${values.length} times, another join key ${count} times`,
      );
    }
  }
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries([...columns].map(([key, values]) => [key, values[i]!])),
  );
}

/** The texts of a command line as values of the join keys' types. */
function typedRow(
  row: Record<string, string>,
  types: ReadonlyMap<string, FeastType | undefined>,
): Record<string, string | bigint> {
  return Object.fromEntries(
    Object.entries(row).map(([key, text]) => {
      const type = types.get(key);
      if (type !== 'Int64' && type !== 'Int32' && type !== 'UnixTimestamp') return [key, text];
      if (!/^-?\d+$/.test(text)) {
        throw new CodedError(
          'USAGE',
          `--entities ${key}=${text}: the join key is ${type}; expected a whole number`,
        );
      }
      return [key, BigInt(text)];
    }),
  );
}

/** Feast: cli/features.py; there one entity row only. */
export function onlineCommand(): Command {
  return withExamples(
    new Command('get-online-features')
      .description('Prints the latest feature values of entities from the online store, as JSON.')
      .requiredOption('-e, --entities <join_key=value...>', 'entities; repeat a join key for several rows')
      .option('-f, --features <view:feature...>', 'features to read', [])
      .option('-s, --service <name>', 'read the features of this feature service')
      .option('--full-feature-names', 'name features view__feature')
      .action((options: Options, command: Command) =>
        withStore(command, async (store) => {
          if ((options.service === undefined) === (options.features.length === 0)) {
            throw new CodedError('USAGE', 'give either --features or --service');
          }
          const entities = (await store.list('entity')) as readonly Entity[];
          const types = new Map(entities.map((entity) => [entity.joinKey, entity.valueType]));
          const answer = await store.getOnlineFeatures({
            features: options.service === undefined ? options.features : { service: options.service },
            entityRows: entityRows(options.entities).map((row) => typedRow(row, types)),
            fullFeatureNames: options.fullFeatureNames === true,
          });
          const json = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
          console.log(JSON.stringify(answer.toColumns(), json, 4));
        }),
      ),
    [
      'feast get-online-features -f airport_hourly_stats:departures -e airport=ATL',
      'feast get-online-features -s delay_prediction -e airport=ATL origin=ATL destination=JFK',
    ],
  );
}
