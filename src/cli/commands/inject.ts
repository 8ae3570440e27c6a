import { NtmsInjectOperation, NtmsPortPosition } from '../../ntms/index.js';
import { type CommandContext, unlessInterrupted } from '../command-context.js';
import { oneLibrary } from '../names/library-name.js';
import { placeOf } from '../names/medium-name.js';
import { parseTimeSpan } from '../names/time-span.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { awaitPerson } from '../persons-part.js';
import { type MediumView, readMedia } from '../views/media.js';

export interface InjectCommandOptions {
  /** Absent: the only one of the rig. */
  readonly library?: string;
  /** Takes cartridges until an interrupt or the timeout. */
  readonly many?: boolean;
  readonly timeout?: string;
  /** False with --no-wait: the command ends when the ports are open, or what lay in them is put away. */
  readonly wait: boolean;
}

/** `rsm inject`: opens the ports, waits for a person to fill them, and puts what came in into slots. */
export async function inject(context: CommandContext, options: InjectCommandOptions): Promise<void> {
  const timeoutMs = options.timeout === undefined ? undefined : parseTimeSpan(options.timeout);
  await withManager(context, (open) => injectMedia(context, open, { ...options, timeoutMs }));
}

/** The same on a manager that runs. */
export async function injectMedia(
  context: Pick<CommandContext, 'terminal' | 'clock' | 'interrupted'>,
  open: OpenManager,
  options: Omit<InjectCommandOptions, 'timeout'> & { readonly timeoutMs?: number | undefined },
): Promise<void> {
  const { api, session, store } = open;
  const library = await oneLibrary(open, options.library);
  const before = await readMedia(open.reader());
  const many = options.many === true;
  const { NTMS_INJECT_START, NTMS_INJECT_STARTMANY, NTMS_INJECT_STOP } = NtmsInjectOperation;
  const action = many ? NTMS_INJECT_STARTMANY : NTMS_INJECT_START;
  const operation = await api.InjectNtmsMedia(session, library.id, null, action);
  const openPorts = (): string[] =>
    store
      .table('ports')
      .list({ library: library.id, position: NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED })
      .map(({ name }) => name);
  const end = await awaitPerson(
    context,
    open,
    {
      operation,
      isReady: () => openPorts().length > 0,
      advice: () =>
        `${openPorts().join(', ')} of ${library.name}: put cartridges in${many ? '; an interrupt ends it' : ''}`,
      stop: () => api.InjectNtmsMedia(session, library.id, operation, NTMS_INJECT_STOP),
      endsByTime: many,
    },
    { wait: options.wait, ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }) },
  );
  // What came in is mounted and its label read, by requests of their own.
  if (end !== 'ready') await unlessInterrupted(context, open.manager.drain());
  const injected = (await readMedia(open.reader())).filter((medium) => isNew(medium, before));
  for (const medium of injected) context.terminal.line(`${medium.label} is in ${placeOf(medium)}.`);
  if (end === 'ready') {
    const ports = openPorts().join(', ');
    context.terminal.line(`${ports} of ${library.name} can be filled; "rsm inject" then puts away what is there.`);
  } else if (injected.length === 0) context.terminal.line('Nothing came in.');
  context.terminal.document({ request: operation, library: library.name, ended: end !== 'ready', injected });
}

/** It lies in a slot or a drive now, and came out of a port or from the shelf. */
function isNew({ id, location, library }: MediumView, before: readonly MediumView[]): boolean {
  const former = before.find((one) => one.id === id);
  const isInside = location?.kind === 'slot' || location?.kind === 'drive';
  return isInside && (former?.location?.kind === 'port' || former?.library !== library || former.location === null);
}
