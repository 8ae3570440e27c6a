import { NtmsEjectOperation, NtmsPortPosition } from '../../ntms/index.js';
import type { CommandContext } from '../command-context.js';
import { findMedium, placeOf } from '../names/medium-name.js';
import { refuseTwice } from '../names/named-twice.js';
import { parseTimeSpan } from '../names/time-span.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { awaitPerson } from '../persons-part.js';
import { readMedia } from '../views/media.js';

export interface EjectCommandOptions {
  /** Goes before everything that waits. */
  readonly force?: boolean;
  readonly timeout?: string;
  /** False with --no-wait: the command ends when the cartridges are in the ports. */
  readonly wait: boolean;
}

/** `rsm eject <medium>...`: brings cartridges into ports and waits until a person has taken them. */
export async function eject(
  context: CommandContext,
  names: readonly string[],
  options: EjectCommandOptions,
): Promise<void> {
  const timeoutMs = options.timeout === undefined ? undefined : parseTimeSpan(options.timeout);
  await withManager(context, (open) => ejectMedia(context, open, names, { ...options, timeoutMs }));
}

/** The same on a manager that runs. */
export async function ejectMedia(
  context: Pick<CommandContext, 'terminal' | 'clock' | 'interrupted'>,
  open: OpenManager,
  names: readonly string[],
  options: Pick<EjectCommandOptions, 'wait' | 'force'> & { readonly timeoutMs?: number | undefined },
): Promise<void> {
  const { api, session, store } = open;
  const known = await readMedia(open.reader());
  const named = names.map((name) => findMedium(name, known).medium);
  refuseTwice(named);
  const { NTMS_EJECT_QUEUE, NTMS_EJECT_START, NTMS_EJECT_FORCE, NTMS_EJECT_STOP } = NtmsEjectOperation;
  const ids = named.map(({ id }) => id);
  for (const id of ids.slice(0, -1)) await api.EjectNtmsMedia(session, id, null, NTMS_EJECT_QUEUE);
  const action = options.force === true ? NTMS_EJECT_FORCE : NTMS_EJECT_START;
  const operation = (await api.EjectNtmsMedia(session, ids.at(-1) ?? null, null, action)) ?? '';

  const places = (): string[] =>
    ids.flatMap((id) => {
      const medium = store.table('physicalMedia').get(id);
      const port = medium?.location == null ? undefined : store.table('ports').get(medium.location);
      return port?.position === NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED
        ? [`${medium?.name} from ${port.name}`]
        : [];
    });
  const end = await awaitPerson(
    context,
    open,
    {
      operation,
      isReady: () => places().length === ids.length,
      advice: () => `take ${places().join(', ')}; an interrupt brings back what is not taken`,
      stop: () => api.EjectNtmsMedia(session, null, operation, NTMS_EJECT_STOP),
    },
    { wait: options.wait, ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }) },
  );
  const after = await readMedia(open.reader());
  const ejected = named.map(({ id, label }) => ({ id, label, medium: after.find((one) => one.id === id) ?? null }));
  for (const { label, medium } of ejected) {
    if (end === 'ready' && medium !== null) {
      context.terminal.line(`${label} is in ${placeOf(medium)}: take it, or bring it back with "rsm inject".`);
    } else context.terminal.line(`${label} was taken out${medium === null ? '; its record is deleted' : ''}.`);
  }
  context.terminal.document({ request: operation, taken: end === 'done', ejected });
}
