#!/usr/bin/env node
import { runProgram } from '../../src/shared/command-line.js';
import { createProgram } from './program.js';

await runProgram(createProgram());
