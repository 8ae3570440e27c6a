import { Argument, Option } from '@commander-js/extra-typings';
import { WATCHED_KINDS } from '../watching/watched-kinds.js';
import type { AddCommands } from './add-commands.js';
import { given } from './arguments.js';
import { examples } from './examples.js';
import { addRecordCommands } from './records.js';
import { addSecurityCommands } from './security.js';

const KINDS = [
  ...([
    'libraries',
    'changers',
    'drives',
    'slots',
    'ports',
    'doors',
    'media',
    'sides',
    'logical-media',
    'pools',
  ] as const),
  ...(['media-types', 'drive-types', 'changer-types', 'computers', 'requests'] as const),
];

const WATCHED = [...new Set(Object.values(WATCHED_KINDS))];

/** Objects and their records. */
export const addObjectCommands: AddCommands = (program, context) => {
  program.commandsGroup('Looking:');
  addLooking(program, context);
  program.commandsGroup('Objects:');
  addRecordCommands(program, context);
  addSecurityCommands(program, context);
};

const addLooking: AddCommands = (program, context) => {
  program
    .command('status')
    .description('the libraries and what is in them, open requests')
    .addHelpText('after', examples(['rsm --json status', 'for programs']))
    .action(async () => (await import('../commands/status.js')).status(context()));

  program
    .command('view')
    .description('all objects of a kind')
    .addArgument(new Argument('<kind>', 'which').choices(KINDS))
    .addHelpText('after', examples(['rsm view media', 'the cartridges'], ['rsm view pools', 'as a tree, with counts']))
    .action(async (kind) => (await import('../commands/view.js')).view(context(), kind));

  program
    .command('watch')
    .description('tell what changes, whoever changes it, until interrupted; needs no library for itself')
    .addOption(new Option('--kind <kind...>', 'only these').choices(WATCHED))
    .option('--until <pattern>', 'end with the first line that this regular expression matches')
    .option('--timeout <time>', 'how long to wait: 90, 90s, 5m (else: until an interrupt)')
    .addHelpText(
      'after',
      examples(
        ['rsm watch --kind drive medium', 'while other commands mount and dismount'],
        ['rsm --json watch', 'one line of JSON for each change'],
        ['rsm watch --until "medium ORS001L8: .*location" --timeout 5m', 'for scripts'],
      ),
    )
    .action(async (options) => (await import('../commands/watch.js')).watch(context(), given(options)));
};
