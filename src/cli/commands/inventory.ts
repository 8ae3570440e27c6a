import { NtmsInventoryMethod } from '../../ntms/index.js';
import { type CommandContext, unlessInterrupted } from '../command-context.js';
import { finishRequests } from '../finished-requests.js';
import { librariesNamed } from '../names/library-name.js';
import { withManager } from '../open-manager.js';
import { counted } from '../output/words.js';
import { readLibraries } from '../views/libraries.js';

/** The words of `--method`, and what they ask InventoryNtmsLibrary for. */
export const INVENTORY_METHODS = {
  fast: NtmsInventoryMethod.NTMS_INVENTORY_FAST,
  omid: NtmsInventoryMethod.NTMS_INVENTORY_OMID,
  none: NtmsInventoryMethod.NTMS_INVENTORY_NONE,
} as const;

export interface InventoryCommandOptions {
  /** Absent: what the library is set to. */
  readonly method?: keyof typeof INVENTORY_METHODS;
  /** Absent: every library of the rig. */
  readonly library?: string;
}

/** `rsm inventory`: has the libraries look at what is in them. */
export async function inventory(context: CommandContext, options: InventoryCommandOptions): Promise<void> {
  const action =
    options.method === undefined ? NtmsInventoryMethod.NTMS_INVENTORY_DEFAULT : INVENTORY_METHODS[options.method];
  await withManager(context, async (open) => {
    const libraries = await librariesNamed(open, options.library);
    for (const library of libraries) await open.api.InventoryNtmsLibrary(open.session, library.id, action);
    const requests = [...open.session.requestIds];
    await unlessInterrupted(context, finishRequests(open, requests));

    const ids = libraries.map(({ id }) => id);
    const after = (await readLibraries(open.reader())).filter(({ id }) => ids.includes(id));
    for (const library of after) context.terminal.line(`${library.name}: ${counted(library.media, 'cartridge')}.`);
    context.terminal.document({ requests, libraries: after });
  });
}
