import { Argument, Option } from '@commander-js/extra-typings';
import type { Command } from 'commander';
import { DISCOVER_EXAMPLES, VIRTUAL_EXAMPLES } from '../help-examples.js';
import { collect, given, integerIn, nameArgument } from './arguments.js';
import type { AddCommands } from './add-commands.js';
import { examples } from './examples.js';

/** The program itself: rigs, databases, the virtual autoloader. */
export const addServiceCommands: AddCommands = (program, context) => {
  program.commandsGroup('The program:');
  program
    .command('demo')
    .description('the main job on an autoloader of its own: mount, deferred dismount, mount again, dismount, export')
    .addHelpText('after', examples(['rsm demo', '']))
    .action(async () => (await import('../commands/demo.js')).demo(context()));

  program
    .command('export')
    .description('write a consistent copy of the database into its Export folder')
    .addHelpText('after', examples(['rsm export', '']))
    .action(async () => (await import('../commands/export.js')).exportDatabase(context()));

  program
    .command('import')
    .description('have the next start take the exported copy in place of the database')
    .addHelpText('after', examples(['rsm import', 'and then any command, "rsm status" for one']))
    .action(async () => (await import('../commands/import.js')).importDatabase(context()));

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
    .action(async (options) => (await import('../commands/discover.js')).discoverDevices(context(), given(options)));

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
      return (await import('../commands/virtual.js')).virtual(context(), command, { ...given(options), given: named });
    });

  program
    .command('rig')
    .description('check the rig file and show what it says')
    .option('--schema', 'print the JSON schema of rig files')
    .addHelpText('after', examples(['rsm --rig rig.yaml rig', 'what is wrong with it, with line and column']))
    .action(async (options) => (await import('../commands/rig.js')).showRig(context(), options));

  program
    .command('completion')
    .description('print what makes a shell complete the words of this command')
    .addArgument(new Argument('<shell>', 'which').choices(['bash', 'zsh', 'fish'] as const))
    .addHelpText(
      'after',
      examples(
        ['source <(rsm completion bash)', 'for this shell; in ~/.bashrc for all that come'],
        ['rsm completion fish > ~/.config/fish/completions/rsm.fish', ''],
      ),
    )
    .action(async (shell) =>
      (await import('../commands/completion.js')).completion(context(), program as unknown as Command, shell),
    );
};
