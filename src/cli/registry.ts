import { Command } from 'commander';
import { EXIT, formatColumns, withExamples } from '../shared/command-line.js';
import { CodedError } from '../shared/errors.js';
import { copyRegistryBetween } from '../store/copy-registry.js';
import type { AuditEntry } from '../store/feature-store.js';
import { withStore } from './context.js';

const jsonOption = ['--json', 'print JSON'] as const;

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

/** `feast registry copy`, `feast registry verify` and `feast registry history`. */
export function registryCommand(): Command {
  const group = new Command('registry').description('Looks after the registry as a whole.');
  withExamples(
    group
      .command('verify')
      .description(
        'Looks for names that lead nowhere, names registered twice, objects that cannot be read, and wrong intervals; exits 1 when there are any.',
      )
      .option(...jsonOption)
      .action((options: { json?: boolean }, command: Command) =>
        withStore(command, async (store) => {
          const findings = await store.registry.verify();
          if (findings.length > 0) process.exitCode = EXIT.failed;
          if (options.json) console.log(JSON.stringify(findings, null, 2));
          else if (findings.length === 0) console.log('Nothing wrong was found in the registry');
          else {
            const header = ['PROJECT', 'KIND', 'NAME', 'PROBLEM', 'MESSAGE'];
            const rows = findings.map((one) => [one.project, one.kind, one.name, one.problem, one.message]);
            console.log(formatColumns(header, rows));
          }
        }),
      ),
    ['feast -c repository registry verify'],
  );
  withExamples(
    group
      .command('history')
      .description('Prints who changed what in the registry, newest first.')
      .option('--limit <n>', 'how many changes at most', '20')
      .option(...jsonOption)
      .action((options: { limit: string; json?: boolean }, command: Command) =>
        withStore(command, async (store, log) => {
          if (!/^[1-9]\d*$/.test(options.limit)) {
            throw new CodedError('USAGE', `--limit ${options.limit}: expected a number from 1 on`);
          }
          const { entries, damaged } = await store.registry.history(Number(options.limit));
          if (damaged > 0) log.warn(`${damaged} records of the history cannot be read, and are left out`);
          if (options.json) console.log(JSON.stringify(entries, null, 2));
          else {
            const rows = entries.map(({ time, by, project, operation, changes, to }) => [
              ...[time, by, project, operation],
              changesText(changes),
              to,
            ]);
            console.log(formatColumns(['TIME', 'BY', 'PROJECT', 'OPERATION', 'CHANGES', 'VERSION_ID'], rows));
          }
        }),
      ),
    ['feast -c repository registry history --limit 5'],
  );
  return group.addCommand(copyCommand());
}

/** A few changes by name, many by number. */
function changesText(changes: AuditEntry['changes']): string {
  if (changes.length <= 3) {
    return changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`).join(', ');
  }
  const actions = [...new Set(changes.map(({ action }) => action))];
  return actions
    .map((action) => `${action} ${changes.filter((change) => change.action === action).length} objects`)
    .join(', ');
}
