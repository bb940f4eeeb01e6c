#!/usr/bin/env node
import { CommanderError } from 'commander';
import { isCodedError, messageOf } from '../../src/shared/errors.js';
import { createProgram } from './program.js';

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has said what is wrong; showing help or the version is no error
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const stack = process.env.DEBUG && error instanceof Error ? `\n${error.stack}` : '';
    console.error(`${isCodedError(error) ? `${error.code}: ` : ''}${messageOf(error)}${stack}`);
    process.exitCode = 1;
  }
}
