import { Argument } from '@commander-js/extra-typings';
import type { AddCommands } from './add-commands.js';
import { given } from './arguments.js';
import { examples } from './examples.js';

const OBJECT =
  'computer, a library\'s name, a pool\'s path, or GUID ("library:NAME", "pool:PATH" where both have the name)';
const TRUSTEE = 'user:NAME, group:NAME or everyone';
const RIGHTS = ['use', 'modify', 'control', 'read', 'write-dac', 'all'] as const;

/** Who may do what with pools, libraries and the computer. */
export const addSecurityCommands: AddCommands = (program, context) => {
  const security = program.command('security').description('who may do what with a pool, a library or the computer');
  const code = () => import('../commands/security.js');
  security
    .command('show')
    .description('its owner and its access list')
    .argument('<object>', OBJECT)
    .addHelpText('after', examples(['rsm security show Backup/Weekly', '']))
    .action(async (object) => (await code()).showSecurity(context(), object));
  security
    .command('grant')
    .description('add to what the list allows, or denies; a denial wins')
    .argument('<object>', OBJECT)
    .argument('<trustee>', TRUSTEE)
    .addArgument(new Argument('<right...>', 'one or several').choices(RIGHTS))
    .option('--deny', 'deny instead')
    .addHelpText(
      'after',
      examples(
        ['rsm security grant Backup group:backup use modify', ''],
        ['rsm security grant virtual user:guest control --deny', 'guest moves nothing there, whatever else is said'],
      ),
    )
    .action(async (object, trustee, rights, options) =>
      (await code()).grant(context(), object, trustee, rights, given(options)),
    );
  security
    .command('revoke')
    .description('take out what the list says of somebody: these rights, or all of it')
    .argument('<object>', OBJECT)
    .argument('<trustee>', TRUSTEE)
    .addArgument(new Argument('[right...]', 'one or several (else: all)').choices(RIGHTS))
    .option('--deny', 'only what is denied')
    .addHelpText('after', examples(['rsm security revoke Backup everyone', '']))
    .action(async (object, trustee, rights, options) =>
      (await code()).revoke(context(), object, trustee, rights, given(options)),
    );
  security
    .command('inherit')
    .description('give up its own list: that of what is above it counts again')
    .argument('<object>', OBJECT)
    .addHelpText('after', examples(['rsm security inherit Backup/Weekly', 'as Backup says']))
    .action(async (object) => (await code()).inheritSecurity(context(), object));
  security
    .command('owner')
    .description('give it another owner')
    .argument('<object>', OBJECT)
    .argument('<owner>', 'user:NAME or group:NAME')
    .option('--group <group>', 'group:NAME, which is kept and decides nothing')
    .addHelpText('after', examples(['rsm security owner Backup user:anna', '']))
    .action(async (object, owner, options) => (await code()).changeOwner(context(), object, owner, given(options)));
  security.addHelpText(
    'after',
    examples(['rsm security show computer', ''], ['rsm security grant Backup group:backup use modify', '']),
  );
};
