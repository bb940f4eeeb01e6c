import { type Command, CommanderError } from 'commander';
import { maskCredentials } from './credentials.js';
import { isCodedError } from './errors.js';

/** Exit codes of every command: 0 done, 1 failed, 2 called wrongly. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/**
 * Runs a commander program and sets the process's exit code. Errors go to standard error as one line,
 * `error: message [CODE]`; an error that is not a CodedError shows its stack, for it is ours.
 */
export async function runProgram(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  for (const command of withSubcommands(program))
    command.exitOverride().showHelpAfterError('(--help explains)');
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function report(error: unknown): number {
  // commander has printed its own message already; help and version are no failures
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (isCodedError(error)) {
    console.error(`error: ${error.message} [${error.code}]`);
    return error.code === 'USAGE' || error.code === 'TIME_INVALID' ? EXIT.usage : EXIT.failed;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : `error: ${String(error)}`;
  console.error(maskCredentials(text));
  return EXIT.failed;
}

/** Adds `lines` to a command's --help, under the heading Examples. */
export function withExamples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

/** Rows as plain columns two spaces apart, as Feast's lists print them; no row, only the header. */
export function formatColumns(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A signal that is aborted by the first SIGINT or SIGTERM; a second one ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    console.error(`${name}: stopping; once more stops at once`);
    controller.abort(new Error(`stopped by ${name}`));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return controller.signal;
}
