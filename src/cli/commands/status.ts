import { CommandError } from '../command-error.js';
import type { CommandContext } from '../command-context.js';
import { withRecords } from '../open-records.js';
import { libraryPicture } from '../output/library-picture.js';
import { counted, words } from '../output/words.js';
import { readOverview } from '../overview.js';

/**
 * `rsm status`: the libraries of the rig and what is in them, open requests, what waits for a person. Fails when a library
 * of the rig cannot be used, after it has shown the others.
 */
export async function status(context: CommandContext): Promise<void> {
  const { terminal } = context;
  await withRecords(context, async (open) => {
    const overview = await readOverview(open);
    for (const library of overview.libraries) terminal.line(`${libraryPicture(library, terminal.width)}\n`);
    for (const { name, operationalState, media } of overview.otherLibraries) {
      terminal.line(`Library ${name}: ${words(operationalState)}, not in this rig, ${counted(media, 'cartridge')}\n`);
    }
    const { requests, operatorRequests } = overview;
    terminal.line(requests.length === 0 ? 'No open requests.' : `${counted(requests.length, 'open request')}:`);
    for (const { operation, state, cartridge, drive, id } of requests) {
      const what = [words(operation), cartridge, drive === null ? null : `drive ${drive}`].filter(
        (part) => part !== null,
      );
      terminal.line(`  ${words(state)}: ${what.join(' ')} (${id})`);
    }
    if (operatorRequests.length > 0) terminal.line(`${counted(operatorRequests.length, 'operator request')}:`);
    for (const { request, message, id } of operatorRequests) terminal.line(`  ${words(request)}: ${message} (${id})`);
    const failures = open.failures.map(({ library, code, message }) => ({ library, code, message }));
    const { recorded } = open;
    terminal.document({ ...overview, failures, ...(recorded === undefined ? {} : { recorded }) });
    const [failure] = failures;
    if (failure === undefined) return;
    const message = `Library ${failure.library} cannot be used: ${failure.message}`;
    throw new CommandError('LIBRARY_NOT_USABLE', message, [], { documented: true });
  });
}
