import { Command } from 'commander';
import type { AnyView, Field } from '../definitions/index.js';
import { formatColumns } from '../shared/command-line.js';
import { CodedError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest.js';
import type { FeatureStore } from '../store/feature-store.js';
import { withStore } from './context.js';

/** Every feature of every view, as Feast lists them: label views apart (cli/features.py). */
async function featuresOf({ registry }: FeatureStore): Promise<{ view: AnyView; feature: Field }[]> {
  const lists = await Promise.all([
    registry.list('feature_view'),
    registry.list('on_demand_feature_view'),
    registry.list('stream_feature_view'),
  ]);
  const views: AnyView[] = lists.flat();
  return views.flatMap((view) => view.features.map((feature) => ({ view, feature })));
}

/** `feast features list` and `feast features describe NAME`. */
export function featuresCommand(): Command {
  const list = new Command('list')
    .description('Lists every feature with its feature view and type.')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }, command: Command) =>
      withStore(command, async (store) => {
        const features = await featuresOf(store);
        const rows = features.map(({ view, feature }) => [feature.name, view.name, feature.dtype]);
        if (!options.json) console.log(formatColumns(['Feature', 'Feature View', 'Data Type'], rows));
        else {
          const objects = rows.map(([feature_name, feature_view, dtype]) => ({
            feature_name,
            feature_view,
            dtype,
          }));
          console.log(JSON.stringify(objects, null, 2));
        }
      }),
    );
  const describe = new Command('describe')
    .description('Prints a feature as JSON, once for each feature view that has it.')
    .argument('<name>')
    .action((name: string, _: unknown, command: Command) =>
      withStore(command, async (store) => {
        const features = await featuresOf(store);
        const found = features.filter(({ feature }) => feature.name === name);
        if (found.length === 0) {
          const known = new Set(features.map(({ feature }) => feature.name));
          throw new CodedError(
            'FEATURE_NOT_FOUND',
            `no feature view has a feature "${name}".${didYouMean(name, known)}`,
          );
        }
        const described = found.map(({ view, feature }) => ({
          'Feature Name': feature.name,
          'Feature View': view.name,
          'Data Type': feature.dtype,
          Description: feature.description,
          'Online Store': 'online' in view ? view.online : 'N/A',
          Source: 'source' in view && view.source !== undefined ? view.source.name : 'N/A',
        }));
        console.log(JSON.stringify(described, null, 2));
      }),
    );
  return new Command('features')
    .description('Lists and describes each feature.')
    .addCommand(list)
    .addCommand(describe);
}
