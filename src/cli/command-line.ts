import { Argument, Command, CommanderError, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { SystemClock } from '../../devices/clock.js';
import type { CommandContext } from './command-context.js';
import { CommandEnded, CommandError, ExitCode } from './command-error.js';
import { explainFailure, failureText } from './failure.js';
import type { GlobalOptions } from './global-options.js';
import { DISCOVER_EXAMPLES, VIRTUAL_EXAMPLES } from './help-examples.js';
import type { Interruption } from './interruption.js';
import { openTerminal } from './output/terminal.js';
import { packageVersion } from '../objects/package-root.js';

const KINDS = ['libraries', 'changers', 'drives', 'slots', 'ports', 'doors', 'media', 'requests', 'pools'] as const;

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
  if (error.code === 'commander.help') return new CommandError('USAGE', 'Name a command; "rsm help" lists them.');
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

  program
    .command('demo')
    .description('the main job on an autoloader of its own: mount, deferred dismount, mount again, dismount, export')
    .action(async () => (await import('./commands/demo.js')).demo(context()));

  program
    .command('status')
    .description('the libraries and what is in them, open requests')
    .action(async () => (await import('./commands/status.js')).status(context()));

  program
    .command('view')
    .description('all objects of a kind')
    .addArgument(new Argument('<kind>', 'which').choices(KINDS))
    .action(async (kind) => (await import('./commands/view.js')).view(context(), kind));

  program
    .command('mount')
    .description('mount media: all of them or none')
    .argument('<medium...>', 'barcode, display name or GUID')
    .option('--drive <drive>', 'number, name or GUID; repeat it for several media', collect)
    .option('--priority <number>', '-15 to 15', integerIn(-15, 15), 0)
    .option('--timeout <time>', 'how long to wait for drives and media in use: 90, 90s, 5m (else: not at all)')
    .option('--write', 'for writing too: refuses media that are marked complete')
    .option('--no-wait', 'print the request and return when the queue has drained')
    .action(async (media, options) => (await import('./commands/mount.js')).mount(context(), media, options));

  program
    .command('dismount')
    .description('dismount media, or whatever is in a drive')
    .argument('[medium...]', 'barcode, display name or GUID')
    .option('--drive <drive>', 'number, name or GUID')
    .option('--deferred', 'leave the cartridge in the drive, free to be mounted again or replaced')
    .action(async (media, options) => (await import('./commands/dismount.js')).dismount(context(), media, options));

  program
    .command('inventory')
    .description('have the libraries look at what is in them')
    .addOption(
      new Option('--method <method>', 'fast: barcodes; omid: mount and read labels; none: element status only').choices(
        ['fast', 'omid', 'none'] as const,
      ),
    )
    .option('--library <library>', 'name or GUID (else: all of the rig)')
    .action(async (options) => (await import('./commands/inventory.js')).inventory(context(), options));

  program
    .command('export')
    .description('write a consistent copy of the database into its Export folder')
    .action(async () => (await import('./commands/export.js')).exportDatabase(context()));

  program
    .command('import')
    .description('have the next start take the exported copy in place of the database')
    .action(async () => (await import('./commands/import.js')).importDatabase(context()));

  program
    .command('discover')
    .description('look what is plugged in and print a rig file for it; moves nothing')
    .addOption(
      new Option('--transport <way...>', 'look only there (else: everywhere)').choices([
        'sg',
        'usb',
        'iscsi',
        'serial',
      ] as const),
    )
    .option('--portal <host:port>', 'ask this iSCSI portal for its targets; repeat it for several', collect)
    .option('--chap-user <name>', 'CHAP name for the portals and targets')
    .option('--chap-secret-file <file>', 'a file whose first line is the CHAP secret')
    .option('--serial <path,baud>', 'ask this serial line (115200 unless said); repeat it for several', collect)
    .option('--output <file>', 'write the rig file there; a file that exists is left alone')
    .addHelpText('after', DISCOVER_EXAMPLES)
    .action(async (options) => (await import('./commands/discover.js')).discoverDevices(context(), given(options)));

  program
    .command('virtual')
    .description('offer the virtual autoloader to other programs until interrupted')
    .addOption(
      new Option('--attach <way...>', 'how: one or several of')
        .choices(['usbip', 'iscsi', 'serial', 'sg'] as const)
        .makeOptionMandatory(),
    )
    .option('--profile <id>', 'the model (a wrong one lists them all)', 'ibm-3573-tl')
    .option('--name <name>', 'of the hardware in the state folder', nameArgument, 'virtual')
    .addOption(
      new Option('--timing <timing>', 'of motions').choices(['real', 'zero'] as const).default('zero' as const),
    )
    .option('--host <address>', 'where usbip and iscsi listen; who can reach it can move the cartridges', '127.0.0.1')
    .option('--usbip-port <port>', 'TCP port, 0 for any free one', integerIn(0, 65_535), 3240)
    .addOption(
      new Option('--usb-protocol <protocol>', 'of the USB device')
        .choices(['bulk-only', 'uas', 'both'] as const)
        .default('both' as const),
    )
    .addOption(
      new Option('--usb-speed <speed>', 'of the USB device')
        .choices(['full', 'high', 'super'] as const)
        .default('high' as const),
    )
    .option('--iscsi-port <port>', 'TCP port, 0 for any free one', integerIn(0, 65_535), 3260)
    .option('--target-name <name>', 'iSCSI name of the target (else: made from --name)')
    .option('--chap-user <name>', 'let in only initiators with this CHAP name and the secret')
    .option('--chap-secret-file <file>', 'a file whose first line is the CHAP secret')
    .option('--link <path>', 'of the link to the pseudo-terminal (else: serial in the state folder)')
    .option('--folder <path>', 'of the device files for sg (else: sg in the state folder)')
    .argument('[command...]', 'with sg: a program to run on the device files, after "--"; its end ends all')
    .addHelpText('after', VIRTUAL_EXAMPLES)
    .action(async (command, options, self) => {
      const all = Object.keys(options) as (keyof typeof options)[];
      const named = all.filter((option) => self.getOptionValueSource(option) === 'cli');
      return (await import('./commands/virtual.js')).virtual(context(), command, { ...given(options), given: named });
    });

  program
    .command('rig')
    .description('check the rig file and show what it says')
    .option('--schema', 'print the JSON schema of rig files')
    .action(async (options) => (await import('./commands/rig.js')).showRig(context(), options));

  return program;
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function integerIn(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= lowest && number <= highest) return number;
    throw new InvalidArgumentError(`Write a whole number from ${lowest} to ${highest}.`);
  };
}

function nameArgument(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError('Write letters, digits, ".", "_" and "-", beginning with a letter or digit.');
}

function globalOptions(options: {
  [Key in keyof GlobalOptions]: GlobalOptions[Key] | undefined | boolean;
}): GlobalOptions {
  return given(options) as GlobalOptions;
}

/** Takes out what was not given, so that "absent" has one form. */
function given<Options extends object>(options: Options): Given<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<Options>;
}

type Given<Options> = { [Key in keyof Options]: Exclude<Options[Key], undefined> };
