import { Command, CommanderError } from '@commander-js/extra-typings';
import { SystemClock } from '../../devices/clock.js';
import type { CommandContext } from './command-context.js';
import { given } from './commands-of/arguments.js';
import { addHardwareCommands } from './commands-of/hardware.js';
import { addMediaCommands } from './commands-of/media.js';
import { addObjectCommands } from './commands-of/objects.js';
import { addRequestCommands } from './commands-of/requests.js';
import { addServiceCommands } from './commands-of/service.js';
import { CommandEnded, CommandError, ExitCode } from './command-error.js';
import { explainFailure, failureText } from './failure.js';
import type { GlobalOptions } from './global-options.js';
import type { Interruption } from './interruption.js';
import { openTerminal } from './output/terminal.js';
import { packageVersion } from '../objects/package-root.js';

/**
 * Runs one command line and returns the exit status. Each command's code is loaded only when it runs: the others cost
 * nothing at start.
 */
export async function runCommandLine(args: readonly string[], interruption: Interruption): Promise<number> {
  // What stands after "--" is another program's.
  const end = args.indexOf('--');
  const json = args.slice(0, end < 0 ? undefined : end).includes('--json');
  const program = buildProgram((options) => ({
    options,
    terminal: openTerminal({ json: options.json === true }),
    env: process.env,
    clock: new SystemClock(),
    interrupted: interruption.signal,
    interruption,
  }));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return ExitCode.SUCCESS;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.SUCCESS;
    if (error instanceof CommandEnded) return error.exitStatus;
    return reportFailure(usageOf(error, program), json);
  }
}

function reportFailure(error: unknown, json: boolean): number {
  const explained = explainFailure(error);
  process.stderr.write(`${failureText(explained)}\n`);
  const documented = error instanceof CommandError && error.documented;
  if (!documented) openTerminal({ json }).document({ error: explained.failure });
  return explained.exitCode;
}

/** Commander's own complaints are about the command line, or about what its first word that is no option names. */
function usageOf(
  error: unknown,
  program: { readonly args: readonly string[]; readonly commands: readonly { name(): string }[] },
): unknown {
  if (!(error instanceof CommanderError)) return error;
  const group = program.args[0] === undefined ? '' : ` ${program.args[0]}`;
  if (error.code === 'commander.help') {
    return new CommandError('USAGE', `Name a command; "rsm help${group}" lists them.`);
  }
  const complaint = error.message.replace(/^error: /, '').replace(/(?<![.)])$/, '.');
  const command = program.commands.map((one) => one.name()).find((name) => name === program.args[0]);
  return new CommandError('USAGE', `${complaint} See "rsm help${command === undefined ? '' : ` ${command}`}".`);
}

function buildProgram(contextOf: (options: GlobalOptions) => CommandContext) {
  const program = new Command('rsm')
    .description('Removable Storage Manager for real and virtual SCSI autoloaders')
    .version(packageVersion())
    .option('--rig <file>', 'rig file (else $RSM_RIG, ./rig.yaml, the embedded virtual rig)')
    .option('--state <folder>', 'state folder (else $RSM_STATE, the XDG state folder)')
    .option('--json', 'one JSON document on standard output')
    .option('--trace <file>', 'append every SCSI command to a file, as JSON lines')
    .exitOverride()
    // What is wrong is said once, by reportFailure.
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError();
  const context = (): CommandContext => contextOf(globalOptions(program.opts()));

  addObjectCommands(program, context);
  addMediaCommands(program, context);
  addHardwareCommands(program, context);
  addRequestCommands(program, context);
  addServiceCommands(program, context);
  return program;
}

function globalOptions(options: {
  [Key in keyof GlobalOptions]: GlobalOptions[Key] | undefined | boolean;
}): GlobalOptions {
  return given(options) as GlobalOptions;
}
