import { NtmsInventoryMethod, NtmsLmState } from '../../ntms/index.js';
import { type CommandContext, unlessInterrupted } from '../command-context.js';
import { oneLibrary } from '../names/library-name.js';
import { parseTimeSpan } from '../names/time-span.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { counted } from '../output/words.js';
import { awaitPerson } from '../persons-part.js';
import { readLibraries } from '../views/libraries.js';
import { INVENTORY_METHODS } from './inventory.js';

export interface DoorCommandOptions {
  /** Absent: the only one of the rig. */
  readonly library?: string;
  /** After the door is shut; absent: what the library is set to. */
  readonly inventory?: keyof typeof INVENTORY_METHODS;
  readonly timeout?: string;
}

/** `rsm door open`: unlocks the door, waits until a person has opened and shut it, and takes the inventory that follows. */
export async function openDoor(context: CommandContext, options: DoorCommandOptions): Promise<void> {
  const timeoutMs = options.timeout === undefined ? undefined : parseTimeSpan(options.timeout);
  await withManager(context, (open) => openDoorOf(context, open, { ...options, timeoutMs }));
}

/** The same on a manager that runs. */
export async function openDoorOf(
  context: Pick<CommandContext, 'terminal' | 'clock' | 'interrupted'>,
  open: OpenManager,
  options: Omit<DoorCommandOptions, 'timeout'> & { readonly timeoutMs?: number | undefined },
): Promise<void> {
  const { api, session, store } = open;
  const library = await oneLibrary(open, options.library);
  const { NTMS_INVENTORY_DEFAULT } = NtmsInventoryMethod;
  const method = options.inventory === undefined ? NTMS_INVENTORY_DEFAULT : INVENTORY_METHODS[options.inventory];
  await api.AccessNtmsLibraryDoor(session, library.id, method);
  const operation = session.requestIds.at(-1) ?? '';
  await awaitPerson(
    context,
    open,
    {
      operation,
      isReady: () => store.table('libRequests').require(operation).state === NtmsLmState.NTMS_LM_INPROCESS,
      advice: () => `open the door of ${library.name}, and shut it again; until then nothing moves there`,
    },
    { wait: true, ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }) },
  );
  await unlessInterrupted(context, open.manager.drain());
  const after = (await readLibraries(open.reader())).find(({ id }) => id === library.id) ?? library;
  context.terminal.line(
    `The door of ${after.name} was opened and is shut again: ${counted(after.media, 'cartridge')}.`,
  );
  context.terminal.document({ request: operation, library: after });
}
