import { Argument, Option } from '@commander-js/extra-typings';
import { OBJECT_KIND_WORDS } from '../names/object-kinds.js';
import type { AddCommands } from './add-commands.js';
import { given } from './arguments.js';
import { examples } from './examples.js';
import { SETTING_OPTIONS } from './setting-options.js';

const NAME =
  'GUID, name, number, library/number, barcode, medium/side or path; a few characters of the GUID where no other name fits';
const SWITCHABLE = ['library', 'drive', 'medium'] as const;

const kindArgument = () => new Argument('<kind>', 'which kind').choices(OBJECT_KIND_WORDS);

/** What is written into the records of objects. */
export const addRecordCommands: AddCommands = (program, context) => {
  const switching = async () => (await import('../commands/enable.js')).switchObject;
  program
    .command('enable')
    .description('let a library, a drive or a medium be used again')
    .addArgument(new Argument('<kind>', 'which kind').choices(SWITCHABLE))
    .argument('<name>', NAME)
    .addHelpText('after', examples(['rsm enable drive 0', '']))
    .action(async (kind, name) => (await switching())(context(), kind, name, true));
  program
    .command('disable')
    .description('let a library, a drive or a medium not be used; a drive is emptied first')
    .addArgument(new Argument('<kind>', 'which kind').choices(SWITCHABLE))
    .argument('<name>', NAME)
    .addHelpText('after', examples(['rsm disable drive virtual/1', ''], ['rsm disable medium ORS001L8', '']))
    .action(async (kind, name) => (await switching())(context(), kind, name, false));
  program
    .command('remove')
    .description('forget a library or a drive that is not plugged in any more; its cartridges go to the shelf')
    .addArgument(new Argument('<kind>', 'which kind').choices(['library', 'drive'] as const))
    .argument('<name>', NAME)
    .addHelpText('after', examples(['rsm remove library old-bench', '']))
    .action(async (kind, name) => (await import('../commands/remove.js')).removeObject(context(), kind, name));
  addSet(program, context);
  addAttribute(program, context);
};

const addSet: AddCommands = (program, context) => {
  const set = program
    .command('set')
    .description('change what the record of an object says: all of it or nothing')
    .addArgument(kindArgument())
    .argument('<name>', NAME);
  for (const { option, takes, help, kinds } of SETTING_OPTIONS) {
    const whose = kinds.length === OBJECT_KIND_WORDS.length ? 'all' : kinds.join(', ');
    set.addOption(new Option(`--${option} ${takes}`, `${whose}: ${help}`));
  }
  set
    .addHelpText(
      'after',
      examples(
        ['rsm set medium ORS001L8 --name "May 2026" --description "monthly"', ''],
        ['rsm set library virtual --inventory-method omid --auto-recovery off', ''],
        ['rsm set drive 0 --defer-dismount 10m', ''],
        ['rsm set computer computer --purge-requests 24h', ''],
      ),
    )
    .action(async (kind, name, options) =>
      (await import('../commands/set.js')).setObject(context(), kind, name, given(options)),
    );
};

const addAttribute: AddCommands = (program, context) => {
  const attribute = program.command('attribute').description('what applications keep with objects: bytes under a name');
  const code = () => import('../commands/attribute.js');
  const name = 'its name, as it was set; there is no list of them';
  attribute
    .command('get')
    .description('print it: text as it is, other bytes in hexadecimal')
    .addArgument(kindArgument())
    .argument('<object>', NAME)
    .argument('<attribute>', name)
    .option('--output <file>', 'write the bytes there instead')
    .addHelpText('after', examples(['rsm attribute get medium ORS001L8 owner', '']))
    .action(async (kind, object, attributeName, options) =>
      (await code()).getAttribute(context(), { kind, object, name: attributeName }, given(options)),
    );
  attribute
    .command('set')
    .description('write it')
    .addArgument(kindArgument())
    .argument('<object>', NAME)
    .argument('<attribute>', '1 to 31 characters')
    .argument('[value]', 'text, kept as UTF-8')
    .option('--file <file>', 'the bytes of this file instead')
    .addHelpText('after', examples(['rsm attribute set medium ORS001L8 owner "Anna, room 12"', '']))
    .action(async (kind, object, attributeName, value, options) =>
      (await code()).setAttribute(context(), { kind, object, name: attributeName }, value, given(options)),
    );
  attribute
    .command('remove')
    .description('take it away')
    .addArgument(kindArgument())
    .argument('<object>', NAME)
    .argument('<attribute>', name)
    .addHelpText('after', examples(['rsm attribute remove medium ORS001L8 owner', '']))
    .action(async (kind, object, attributeName) =>
      (await code()).removeAttribute(context(), { kind, object, name: attributeName }),
    );
  attribute.addHelpText(
    'after',
    examples(
      ['rsm attribute set medium ORS001L8 owner "Anna, room 12"', ''],
      ['rsm attribute get medium ORS001L8 owner', ''],
    ),
  );
};
