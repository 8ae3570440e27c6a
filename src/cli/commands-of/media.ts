import { Option } from '@commander-js/extra-typings';
import { collect, integerIn } from './arguments.js';
import type { AddCommands } from './add-commands.js';
import { examples } from './examples.js';

const MEDIUM = 'barcode, display name or GUID';
const SIDE = 'medium, medium/side, or GUID of a side or logical medium';

/** Media: mounting, allocation, pools. */
export const addMediaCommands: AddCommands = (program, context) => {
  program.commandsGroup('Media:');
  addMounting(program, context);
  addAllocation(program, context);
  program.commandsGroup('Media pools:');
  addPools(program, context);
};

const addMounting: AddCommands = (program, context) => {
  program
    .command('mount')
    .description('mount media: all of them or none')
    .argument('<medium...>', MEDIUM)
    .option('--drive <drive>', 'number, name or GUID; repeat it for several media', collect)
    .option('--priority <number>', '-15 to 15', integerIn(-15, 15), 0)
    .option('--timeout <time>', 'how long to wait for drives and media in use: 90, 90s, 5m (else: not at all)')
    .option('--write', 'for writing too: refuses media that are marked complete')
    .option('--no-wait', 'print the request and return when the queue has drained')
    .addHelpText(
      'after',
      examples(
        ['rsm mount ORS001L8', 'in any free drive'],
        ['rsm mount ORS001L8 ORS002L8 --drive 0 --drive 1', 'each in the drive named for it'],
      ),
    )
    .action(async (media, options) => (await import('../commands/mount.js')).mount(context(), media, options));

  program
    .command('dismount')
    .description('dismount media, or whatever is in a drive')
    .argument('[medium...]', MEDIUM)
    .option('--drive <drive>', 'number, name or GUID')
    .option('--deferred', 'leave the cartridge in the drive, free to be mounted again or replaced')
    .addHelpText(
      'after',
      examples(['rsm dismount ORS001L8', 'back to its slot'], ['rsm dismount --drive 0', 'whatever is in drive 0']),
    )
    .action(async (media, options) => (await import('../commands/dismount.js')).dismount(context(), media, options));
};

const addAllocation: AddCommands = (program, context) => {
  program
    .command('allocate')
    .description('give an application a side of a cartridge, and print the logical medium that names it')
    .requiredOption('--pool <pool>', 'application pool that it is for: path or GUID')
    .option('--medium <medium>', `${MEDIUM} (else: the best available one)`)
    .option('--side <number>', 'which side of --medium, from 0 (else: its first free one)', integerIn(0, 1))
    .addOption(new Option('--new', 'keep the other sides of the cartridge for the same owner').conflicts('next'))
    .option('--next <medium>', 'the next side of the cartridge of this logical medium')
    .option('--timeout <time>', 'how long to wait for new media: 90, 90s, 5m (else: not at all)')
    .addHelpText(
      'after',
      examples(
        ['rsm allocate --pool Backup', 'the best available side'],
        ['rsm allocate --pool Backup/Weekly --medium ORS001L8', 'this cartridge'],
        ['rsm allocate --pool Backup --next ORS001L8', 'the other side of a cartridge that is allocated'],
      ),
    )
    .action(async (options) => (await import('../commands/allocate.js')).allocate(context(), options));

  const sides = async () => (await import('../commands/sides.js')).changeSides;
  program
    .command('deallocate')
    .description('give allocated sides back: available again, or retired when allocated as often as the pool allows')
    .argument('<medium...>', SIDE)
    .option('--side <number>', 'which side, from 0', integerIn(0, 1))
    .addHelpText('after', examples(['rsm deallocate ORS001L8', 'the side of it that is allocated']))
    .action(async (media, options) => (await sides())(context(), 'deallocate', media, options));

  program
    .command('complete')
    .description('mark allocated sides as full: from now on they are mounted for reading only')
    .argument('<medium...>', SIDE)
    .option('--side <number>', 'which side, from 0', integerIn(0, 1))
    .addHelpText('after', examples(['rsm complete ORS001L8', 'no writing any more until it is deallocated']))
    .action(async (media, options) => (await sides())(context(), 'complete', media, options));

  program
    .command('decommission')
    .description('take available sides out of use for good')
    .argument('<medium...>', SIDE)
    .option('--side <number>', 'which side, from 0', integerIn(0, 1))
    .addHelpText('after', examples(['rsm decommission ORS001L8', 'it is not allocated to anybody any more']))
    .action(async (media, options) => (await sides())(context(), 'decommission', media, options));

  program
    .command('delete')
    .description('delete the records of cartridges that are on the shelf')
    .argument('<medium...>', MEDIUM)
    .addHelpText('after', examples(['rsm delete ORS001L8', 'after it was ejected and will not come back']))
    .action(async (media) => (await import('../commands/media-records.js')).deleteMedia(context(), media));
};

const addPools: AddCommands = (program, context) => {
  program
    .command('createpool')
    .description('make an application pool')
    .argument('<path>', 'levels between slashes: Backup/Weekly')
    .option('--media-type <type>', 'what media it holds: name or GUID (else: it holds other pools)')
    .option('--parents', 'make the levels above it that are missing')
    .addOption(
      new Option(
        '--policy <policy...>',
        'draw-from-free: allocation may take media of the free pool; return-to-free: deallocated media go there',
      ).choices(['draw-from-free', 'return-to-free'] as const),
    )
    .option('--max-allocates <number>', 'how often a side is allocated before it is retired', integerIn(1, 0xffff_ffff))
    .addHelpText(
      'after',
      examples(
        ['rsm createpool Backup --media-type "LTO-8"', 'a pool for media; "rsm view media-types" names the types'],
        ['rsm createpool Backup/Weekly --parents --media-type LTO-8 --policy draw-from-free return-to-free', ''],
      ),
    )
    .action(async (path, options) => (await import('../commands/pools.js')).createPool(context(), path, options));

  program
    .command('deletepool')
    .description('delete an application pool that holds neither media nor pools')
    .argument('<path>', 'path or GUID')
    .addHelpText('after', examples(['rsm deletepool Backup/Weekly', '']))
    .action(async (path) => (await import('../commands/pools.js')).deletePool(context(), path));

  program
    .command('move')
    .description('put cartridges into another pool; none of them leaves its place')
    .argument('<medium...>', MEDIUM)
    .requiredOption('--pool <pool>', 'path or GUID')
    .option('--change-type', 'they take over the media type of that pool')
    .addHelpText(
      'after',
      examples(
        ['rsm move ORS001L8 --pool Free/LTO-8', 'to the free pool of its media type'],
        ['rsm move ORS001L8 ORS002L8 --pool Backup', ''],
      ),
    )
    .action(async (media, options) =>
      (await import('../commands/media-records.js')).moveToPool(context(), media, options),
    );
};
