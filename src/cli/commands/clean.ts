import { INFINITE, NtmsEjectOperation, NtmsInjectOperation, NtmsLmState, NtmsPortPosition } from '../../ntms/index.js';
import { type CommandContext, unlessInterrupted } from '../command-context.js';
import { findDrive } from '../names/drive-name.js';
import { oneLibrary } from '../names/library-name.js';
import { findObject } from '../names/object-name.js';
import { parseTimeSpan } from '../names/time-span.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { awaitPerson, awaitWork, type PersonsEnd, type PersonsPart, type PersonsTime } from '../persons-part.js';
import { readDrives } from '../views/elements.js';

type Context = Pick<CommandContext, 'terminal' | 'clock' | 'interrupted'>;

/** `rsm clean <drive>`: a cleaner goes into the drive, and back. */
export async function clean(context: CommandContext, name: string): Promise<void> {
  await withManager(context, async (open) => {
    const drive = findDrive(name, await readDrives(open.reader()));
    await open.api.CleanNtmsDrive(open.session, drive.id);
    const requests = [...open.session.requestIds];
    await unlessInterrupted(context, awaitWork(open, requests));
    const after = (await readDrives(open.reader())).find(({ id }) => id === drive.id) ?? drive;
    context.terminal.line(`Drive ${after.number} (${after.elementAddress}) of ${after.library ?? '?'} is cleaned.`);
    context.terminal.document({ requests, drive: after });
  });
}

/** `rsm cleaner reserve <slot>`: keeps an empty slot for the library's cleaner. */
export async function reserveCleanerSlot(
  context: CommandContext,
  name: string,
  options: { readonly library?: string },
): Promise<void> {
  await withManager(context, async (open) => {
    const wanted = options.library === undefined || name.includes('/') ? name : `${options.library}/${name}`;
    const slot = await findObject(open.reader(), 'slot', wanted);
    const { library } = open.store.table('slots').require(slot.id);
    await open.api.ReserveNtmsCleanerSlot(open.session, library, slot.id);
    await endSlotWork(context, open, `Slot ${slot.label} is kept for the cleaner.`, { slot: slot.label });
  });
}

/** `rsm cleaner release`: gives the slot up again. */
export async function releaseCleanerSlot(
  context: CommandContext,
  options: { readonly library?: string },
): Promise<void> {
  await withManager(context, async (open) => {
    const library = await oneLibrary(open, options.library);
    await open.api.ReleaseNtmsCleanerSlot(open.session, library.id);
    await endSlotWork(context, open, `${library.name} keeps no slot for a cleaner any more.`, { slot: null });
  });
}

async function endSlotWork(context: CommandContext, open: OpenManager, text: string, what: object): Promise<void> {
  const requests = [...open.session.requestIds];
  await unlessInterrupted(context, awaitWork(open, requests));
  context.terminal.line(text);
  context.terminal.document({ requests, ...what });
}

export interface CleanerCommandOptions {
  readonly library?: string;
  /** How many times it cleans; absent: nobody counts. */
  readonly uses?: number;
  readonly timeout?: string;
  readonly wait: boolean;
}

/** `rsm cleaner inject` and `rsm cleaner eject`. */
export async function carryCleaner(
  context: CommandContext,
  way: 'inject' | 'eject',
  options: CleanerCommandOptions,
): Promise<void> {
  const timeoutMs = options.timeout === undefined ? undefined : parseTimeSpan(options.timeout);
  const time = { wait: options.wait, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  await withManager(context, (open) => carryCleanerOf(context, open, { ...options, way, time }));
}

/** The same on a manager that runs. */
export async function carryCleanerOf(
  context: Context,
  open: OpenManager,
  order: Pick<CleanerCommandOptions, 'library' | 'uses'> & {
    readonly way: 'inject' | 'eject';
    readonly time: PersonsTime;
  },
): Promise<void> {
  const { api, session } = open;
  const { way } = order;
  const library = await oneLibrary(open, order.library);
  const uses = order.uses ?? INFINITE;
  const operation =
    way === 'inject'
      ? await api.InjectNtmsCleaner(session, library.id, null, uses, NtmsInjectOperation.NTMS_INJECT_START)
      : await api.EjectNtmsCleaner(session, library.id, null, NtmsEjectOperation.NTMS_EJECT_START);
  const stop = (): Promise<string> =>
    way === 'inject'
      ? api.InjectNtmsCleaner(session, library.id, operation, uses, NtmsInjectOperation.NTMS_INJECT_STOP)
      : api.EjectNtmsCleaner(session, library.id, operation, NtmsEjectOperation.NTMS_EJECT_STOP);
  const part = personsPart(open, { library: library.id, operation, way, stop });
  const end = await awaitPerson(context, open, part, order.time);
  context.terminal.line(cleanerText(way, end, library.name));
  context.terminal.document({ request: operation, library: library.name, ended: end !== 'ready' });
}

/** Through the ports, or through the door where there are none; a door cannot be called back. */
function personsPart(
  { store }: OpenManager,
  order: { library: string; operation: string; way: 'inject' | 'eject'; stop: () => Promise<string> },
): PersonsPart {
  const { operation, way } = order;
  const verb = way === 'inject' ? 'put the cleaner into' : 'take the cleaner from';
  const byPort = store.table('ports').count({ library: order.library }) > 0;
  if (!byPort) {
    const isReady = (): boolean => {
      return store.table('libRequests').require(operation).state === NtmsLmState.NTMS_LM_INPROCESS;
    };
    return { operation, isReady, advice: () => `open the door, ${verb} the reserved slot, and shut the door` };
  }
  const ports = (): string[] =>
    store
      .table('ports')
      .list({ library: order.library, position: NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED })
      .map(({ name }) => name);
  return {
    operation,
    isReady: () => ports().length > 0,
    advice: () => `${verb} ${ports().join(' or ')}`,
    stop: order.stop,
  };
}

function cleanerText(way: 'inject' | 'eject', end: PersonsEnd, library: string): string {
  if (end === 'ready') {
    return way === 'inject'
      ? `A port of ${library} can be filled.`
      : `The cleaner of ${library} is in a port: take it.`;
  }
  return way === 'inject' ? `The cleaner of ${library} is in its slot.` : `The cleaner of ${library} was taken out.`;
}
