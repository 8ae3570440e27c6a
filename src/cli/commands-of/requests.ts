import { Argument, Option } from '@commander-js/extra-typings';
import type { AddCommands } from './add-commands.js';
import { given, integerIn } from './arguments.js';
import { examples } from './examples.js';

const REQUEST = 'GUID, or its first characters';

/** Library requests and operator requests. */
export const addRequestCommands: AddCommands = (program, context) => {
  program.commandsGroup('Requests and people:');
  addRequests(program, context);
  addOperator(program, context);
  addUi(program, context);
};

const addRequests: AddCommands = (program, context) => {
  const requests = program.command('requests').description('what was asked of the libraries');
  const code = () => import('../commands/requests.js');
  requests
    .command('list')
    .description('library requests, the oldest first')
    .option('--library <library>', 'only of this one: name or GUID')
    .addOption(
      new Option('--only <end>', 'only those that are').choices([
        'open',
        'passed',
        'failed',
        'cancelled',
        'stopped',
      ] as const),
    )
    .option('--last <number>', 'so many of the last ones', integerIn(1, 1_000_000))
    .addHelpText(
      'after',
      examples(['rsm requests list --last 10', ''], ['rsm requests list --only failed', 'and why they failed']),
    )
    .action(async (options) => (await code()).listRequests(context(), given(options)));
  requests
    .command('cancel')
    .description('cancel requests that have not ended')
    .argument('<request...>', REQUEST)
    .addHelpText('after', examples(['rsm requests cancel 1f2e3d4c', '']))
    .action(async (names) => (await code()).cancelRequests(context(), names));
  requests
    .command('order')
    .description('the place of a mount that waits, or another one for it')
    .argument('<request>', REQUEST)
    .argument('[place]', 'next, last or a number from 1 (else: show it)')
    .addHelpText('after', examples(['rsm requests order 1f2e3d4c next', 'before all others that wait']))
    .action(async (name, place) => (await code()).orderRequest(context(), name, place));
  requests
    .command('purge')
    .description('remove the records of requests that have ended: those named, or all')
    .argument('[request...]', REQUEST)
    .option('--operator', 'operator requests instead of library requests')
    .option('--older-than <time>', 'only those that ended so long ago: 1h, 90m')
    .addHelpText('after', examples(['rsm requests purge --older-than 24h', '']))
    .action(async (names, options) => (await code()).purgeRequests(context(), names, given(options)));
  requests.addHelpText('after', examples(['rsm requests list --last 10', ''], ['rsm requests purge', '']));
};

const addOperator: AddCommands = (program, context) => {
  const operator = program.command('operator').description('what only a person can do');
  const code = () => import('../commands/operator.js');
  operator
    .command('list')
    .description('what waits for a person')
    .option('--all', 'also what was answered')
    .addHelpText('after', examples(['rsm operator list', '']))
    .action(async (options) => (await code()).listOperatorRequests(context(), given(options)));
  operator
    .command('complete')
    .description('say that it is done')
    .argument('<request...>', REQUEST)
    .addHelpText('after', examples(['rsm operator complete 1f2e3d4c', '']))
    .action(async (names) => (await code()).answerOperatorRequests(context(), names, 'complete'));
  operator
    .command('refuse')
    .description('say that nobody will do it')
    .argument('<request...>', REQUEST)
    .addHelpText('after', examples(['rsm operator refuse 1f2e3d4c', '']))
    .action(async (names) => (await code()).answerOperatorRequests(context(), names, 'refuse'));
  operator
    .command('submit')
    .description('ask a person for something')
    .addArgument(
      new Argument('<what>', 'what for').choices(['message', 'new-media', 'cleaner', 'service', 'move'] as const),
    )
    .argument('[message]', 'what the person is told')
    .option('--pool <pool>', 'new-media: the pool that they are for')
    .option('--library <library>', 'cleaner and service: which one; new-media and move: where they are to be brought')
    .option('--drive <drive>', 'service: which one')
    .option('--door <door>', 'service: which one')
    .option('--medium <medium>', 'service and move: which one')
    .option('--slot <slot>', 'cleaner: where it is to be put')
    .addHelpText(
      'after',
      examples(
        ['rsm operator submit message "The tapes of May may go to the vault."', ''],
        ['rsm operator submit new-media --pool Backup --library virtual', ''],
        ['rsm operator submit service "It squeaks." --drive 0', ''],
      ),
    )
    .action(async (what, message, options) =>
      (await code()).submitOperatorRequest(context(), what, message, given(options)),
    );
  operator.addHelpText(
    'after',
    examples(['rsm operator list', ''], ['rsm operator complete 1f2e3d4c', 'a few characters of the GUID will do']),
  );
};

const OBJECT = 'computer, or a library: name or GUID';

const addUi: AddCommands = (program, context) => {
  const ui = program.command('ui').description('the computers that messages go to');
  const code = () => import('../commands/ui.js');
  const types = () =>
    new Option('--type <type>', 'only messages of this kind').choices(['info', 'requests', 'errors'] as const);
  ui.command('list')
    .description('the lists of the computer or of a library')
    .option('--object <object>', OBJECT, 'computer')
    .addOption(types())
    .addHelpText('after', examples(['rsm ui list --object virtual', '']))
    .action(async (options) => (await code()).listDestinations(context(), given(options)));
  ui.command('add')
    .description('put a computer on the lists')
    .argument('[name]', 'the computer that the messages go to (else: this one)')
    .option('--object <object>', OBJECT, 'computer')
    .addOption(types())
    .addHelpText('after', examples(['rsm ui add console.example --type errors', '']))
    .action(async (name, options) => (await code()).changeDestinations(context(), 'add', name ?? null, given(options)));
  ui.command('remove')
    .description('take a computer off the lists')
    .argument('[name]', 'the computer (else: this one)')
    .option('--object <object>', OBJECT, 'computer')
    .addOption(types())
    .addHelpText('after', examples(['rsm ui remove console.example', '']))
    .action(async (name, options) =>
      (await code()).changeDestinations(context(), 'remove', name ?? null, given(options)),
    );
  ui.command('clear')
    .description('empty the lists')
    .option('--object <object>', OBJECT, 'computer')
    .addOption(types())
    .addHelpText('after', examples(['rsm ui clear --type info', '']))
    .action(async (options) => (await code()).changeDestinations(context(), 'clear', null, given(options)));
  ui.addHelpText('after', examples(['rsm ui list', ''], ['rsm ui add console.example --type errors', '']));
};
