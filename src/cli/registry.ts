import { Command } from 'commander';
import { formatColumns, withExamples } from '../shared/command-line.js';
import { copyRegistryBetween } from '../store/copy-registry.js';

interface CopyOptions {
  readonly force?: boolean;
  readonly json?: boolean;
}

function copyCommand(): Command {
  return withExamples(
    new Command('copy')
      .description('Copies a registry to another place, reads it back and compares.')
      .argument('<from>', 'path or URL, as under "registry" in feature_store.yaml; or a feature_store.yaml')
      .argument('<to>', 'likewise')
      .option('--force', 'replace a registry that holds something already')
      .option('--json', 'print JSON')
      .action(async (from: string, to: string, options: CopyOptions) => {
        const result = await copyRegistryBetween({ from, to, force: options.force === true });
        if (options.json) {
          console.log(JSON.stringify(result, null, 2));
          return;
        }
        const kinds = [...new Set([...Object.keys(result.copied), ...Object.keys(result.replaced)])];
        const rows = kinds.map((kind) => [
          kind,
          String(result.copied[kind] ?? 0),
          String(result.replaced[kind] ?? 0),
        ]);
        console.log(formatColumns(['OBJECTS', 'COPIED', 'REPLACED'], rows));
      }),
    [
      'feast registry copy repository/data/registry.db s3://bucket/registry.pb',
      'feast registry copy repository/feature_store.yaml postgresql+psycopg://user:password@host/feast',
    ],
  );
}

/** What is done with a registry as a whole. */
export function registryCommand(): Command {
  return new Command('registry')
    .description('Works on a registry as a whole, whatever keeps it.')
    .addCommand(copyCommand());
}
