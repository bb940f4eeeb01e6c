#!/usr/bin/env node
import { Command } from 'commander';
import { runProgram, withExamples } from '../shared/command-line.js';
import { packageVersion } from '../shared/package-root.js';
import { addGlobalOptions } from './context.js';
import { coverageCommand } from './coverage.js';
import { featuresCommand } from './features.js';
import { freshnessCommand } from './freshness.js';
import { initCommand } from './init.js';
import { materializeCommand, materializeIncrementalCommand } from './materialize.js';
import { objectCommands } from './objects.js';
import { onlineCommand } from './online.js';
import { registryCommand } from './registry.js';
import { repositoryCommands } from './repository.js';

const program = withExamples(
  addGlobalOptions(
    new Command('feast')
      .description('Works on a feature repository: a folder with feature_store.yaml and definition files.')
      .version(packageVersion())
      // -f is a file before the subcommand and features behind get-online-features, as in Feast
      .enablePositionalOptions(),
  ),
  [
    'feast init my_repo',
    'feast -c my_repo/repository plan',
    'feast -c my_repo/repository apply',
    'feast -c my_repo/repository materialize 2026-11-01 2026-11-02',
    'feast -c my_repo/repository feature-views list',
  ],
);

for (const command of [
  initCommand(),
  ...repositoryCommands(),
  materializeCommand(),
  materializeIncrementalCommand(),
  coverageCommand(),
  freshnessCommand(),
  onlineCommand(),
  ...objectCommands(),
  featuresCommand(),
  registryCommand(),
]) {
  program.addCommand(command);
}
await runProgram(program);
