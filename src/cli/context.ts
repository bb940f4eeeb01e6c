import type { Command } from 'commander';
import { CodedError } from '../shared/errors.js';
import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from '../shared/logger.js';
import { FeatureStore } from '../store/feature-store.js';

/** Options that stand before the subcommand; Feast: cli/cli.py:87-103. */
interface GlobalOptions {
  readonly chdir?: string;
  readonly logLevel: string;
  readonly featureStoreYaml?: string;
}

export function addGlobalOptions(program: Command): Command {
  return program
    .option('-c, --chdir <folder>', 'the feature repository (default: the working directory)')
    .option('--log-level <level>', `one of ${LOG_LEVELS.join(', ')}`, 'info')
    .option('-f, --feature-store-yaml <file>', 'another feature_store.yaml than the repository’s own');
}

export function loggerOf(command: Command): Logger {
  const level = command.optsWithGlobals<GlobalOptions>().logLevel.toLowerCase();
  if (!LOG_LEVELS.includes(level as LogLevel)) {
    throw new CodedError(
      'USAGE',
      `--log-level: ${JSON.stringify(level)}; expected one of ${LOG_LEVELS.join(', ')}`,
    );
  }
  return createLogger({ level: level as LogLevel });
}

/** Opens the feature store that the global options name, hands it to `use`, and closes it whatever happens. */
export async function withStore<Result>(
  command: Command,
  use: (store: FeatureStore, log: Logger) => Promise<Result>,
): Promise<Result> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const log = loggerOf(command);
  const store = await FeatureStore.open(options.chdir ?? '.', { file: options.featureStoreYaml, log });
  try {
    return await use(store, log);
  } finally {
    await store.close();
  }
}
