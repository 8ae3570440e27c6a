import { Argument, Option } from '@commander-js/extra-typings';
import type { AddCommands } from './add-commands.js';
import { integerIn } from './arguments.js';
import { examples } from './examples.js';

const LIBRARY = 'name or GUID (else: the only one of the rig)';
const TIMEOUT = 'how long to wait for the person: 90, 90s, 5m (else: as long as the port is set to)';

/** What the libraries do beside mounting. */
export const addHardwareCommands: AddCommands = (program, context) => {
  program.commandsGroup('Libraries:');
  addLooking(program, context);
  addPorts(program, context);
  addCleaning(program, context);
};

const addLooking: AddCommands = (program, context) => {
  program
    .command('inventory')
    .description('have the libraries look at what is in them')
    .addOption(
      new Option('--method <method>', 'fast: barcodes; omid: mount and read labels; none: element status only').choices(
        ['fast', 'omid', 'none'] as const,
      ),
    )
    .option('--library <library>', 'name or GUID (else: all of the rig)')
    .addHelpText('after', examples(['rsm inventory --method omid', 'mounts every cartridge and reads its label']))
    .action(async (options) => (await import('../commands/inventory.js')).inventory(context(), options));

  program
    .command('refresh')
    .description('have the records follow what the devices tell now; nothing is moved')
    .argument('[library...]', 'name or GUID; a drive stands for its library (else: all of the rig)')
    .addHelpText('after', examples(['rsm refresh', 'after somebody was at the library']))
    .action(async (names) => (await import('../commands/look.js')).refresh(context(), names));

  program
    .command('identify')
    .description('mount what is in a slot, read its labels and bring it back')
    .argument('<slot>', 'number, library/number or GUID of a slot, or the medium that is in it')
    .option('--deferred', 'leave the cartridge in the drive')
    .addHelpText('after', examples(['rsm identify 4', 'what is in slot 4'], ['rsm identify ORS004L8', '']))
    .action(async (name, options) => (await import('../commands/look.js')).identify(context(), name, options));
};

const addPorts: AddCommands = (program, context) => {
  program
    .command('eject')
    .description('bring cartridges into the ports and wait until a person has taken them')
    .argument('<medium...>', 'barcode, display name or GUID; all in one library, no more than it has ports')
    .option('--force', 'before everything that waits')
    .option('--timeout <time>', TIMEOUT)
    .option('--no-wait', 'return when they are in the ports; "rsm inject" brings back what is there')
    .addHelpText(
      'after',
      examples(
        ['rsm eject ORS001L8', 'an interrupt, or the end of the time, brings it back'],
        ['rsm eject ORS001L8 ORS002L8 --no-wait', 'they stay in the ports until somebody takes them'],
      ),
    )
    .action(async (media, options) => (await import('../commands/eject.js')).eject(context(), media, options));

  program
    .command('inject')
    .description('open the ports for a person and put what comes in into slots')
    .option('--library <library>', LIBRARY)
    .option('--many', 'one after another, until an interrupt or the end of the time')
    .option('--timeout <time>', TIMEOUT)
    .option('--no-wait', 'return when the ports can be filled')
    .addHelpText('after', examples(['rsm inject', 'also what lies in a port already'], ['rsm inject --many', '']))
    .action(async (options) => (await import('../commands/inject.js')).inject(context(), options));

  program
    .command('door')
    .description('unlock the door, wait until a person has opened and shut it, and look what is inside then')
    .addArgument(new Argument('[action]', 'what to do').choices(['open'] as const).default('open' as const))
    .option('--library <library>', LIBRARY)
    .addOption(
      new Option('--inventory <method>', 'afterwards (else: what the library is set to)').choices([
        'fast',
        'omid',
        'none',
      ] as const),
    )
    .option('--timeout <time>', 'how long to wait for the person: 90, 90s, 5m (else: until an interrupt)')
    .addHelpText('after', examples(['rsm door open --inventory fast', '']))
    .action(async (_action, options) => (await import('../commands/door.js')).openDoor(context(), options));
};

const addCleaning: AddCommands = (program, context) => {
  program
    .command('clean')
    .description('clean a drive with the cleaner of its library')
    .argument('<drive>', 'number, library/number, name or GUID')
    .addHelpText('after', examples(['rsm clean 0', '']))
    .action(async (drive) => (await import('../commands/clean.js')).clean(context(), drive));

  const cleaner = program
    .command('cleaner')
    .description("a library's cleaner and the slot that is kept for it")
    .addHelpText(
      'after',
      examples(
        ['rsm cleaner reserve 23', 'an empty slot'],
        ['rsm cleaner inject --uses 20', 'through a port into that slot'],
      ),
    );
  cleaner
    .command('reserve')
    .description('keep an empty slot for the cleaner')
    .argument('<slot>', 'number, library/number or GUID')
    .option('--library <library>', LIBRARY)
    .addHelpText('after', examples(['rsm cleaner reserve 23', '']))
    .action(async (slot, options) =>
      (await import('../commands/clean.js')).reserveCleanerSlot(context(), slot, options),
    );
  cleaner
    .command('release')
    .description('give that slot up again')
    .option('--library <library>', LIBRARY)
    .addHelpText('after', examples(['rsm cleaner release', 'after the cleaner was ejected']))
    .action(async (options) => (await import('../commands/clean.js')).releaseCleanerSlot(context(), options));
  cleaner
    .command('inject')
    .description('open the ports for a cleaner and put it into its slot')
    .option('--library <library>', LIBRARY)
    .option('--uses <number>', 'how often it cleans (else: nobody counts)', integerIn(0, 0xffff_fffe))
    .option('--timeout <time>', TIMEOUT)
    .option('--no-wait', 'return when the ports can be filled')
    .addHelpText('after', examples(['rsm cleaner inject --uses 20', '']))
    .action(async (options) => (await import('../commands/clean.js')).carryCleaner(context(), 'inject', options));
  cleaner
    .command('eject')
    .description('bring the cleaner into a port and wait until a person has taken it')
    .option('--library <library>', LIBRARY)
    .option('--timeout <time>', TIMEOUT)
    .option('--no-wait', 'return when it is in the port')
    .addHelpText('after', examples(['rsm cleaner eject', '']))
    .action(async (options) => (await import('../commands/clean.js')).carryCleaner(context(), 'eject', options));
};
