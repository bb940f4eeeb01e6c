import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PROGRAMS = {
  feast: fileURLToPath(new URL('../../src/cli/main.js', import.meta.url)),
  'run-job': fileURLToPath(new URL('../../feast_jobs/runner/main.js', import.meta.url)),
  scheduler: fileURLToPath(new URL('../../scheduler/cli/main.js', import.meta.url)),
} as const;

/** Runs one of this package's commands in a process of its own, as a user would. */
export function runCommand(
  program: keyof typeof PROGRAMS,
  args: readonly string[],
  cwd: string,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAMS[program], ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
