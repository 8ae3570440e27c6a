import { NtmsLmState, NtmsObjectsTypes } from '../../ntms/index.js';
import { type CommandContext, unlessInterrupted } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { finishRequests } from '../finished-requests.js';
import { findObject } from '../names/object-name.js';
import { parseTimeSpan } from '../names/time-span.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { table } from '../output/table.js';
import { counted, shownId, shownTime, symbolOf, words } from '../output/words.js';
import { type LibraryRequestView, readLibraryRequests, readOperatorRequests } from '../views/requests.js';

export interface RequestListOptions {
  /** Name or GUID. */
  readonly library?: string;
  /** How they are, or ended. */
  readonly only?: RequestState;
  /** So many of the last ones. */
  readonly last?: number;
}

/** What `--only` says, and the states that it means. */
const STATES = {
  open: ['NTMS_LM_QUEUED', 'NTMS_LM_INPROCESS', 'NTMS_LM_WAITING', 'NTMS_LM_DEFERRED'],
  passed: ['NTMS_LM_PASSED'],
  failed: ['NTMS_LM_FAILED'],
  cancelled: ['NTMS_LM_CANCELLED', 'NTMS_LM_STOPPED', 'NTMS_LM_INVALID'],
  stopped: ['NTMS_LM_STOPPED'],
} as const;
export type RequestState = keyof typeof STATES;

/** `rsm requests list`. */
export async function listRequests(context: CommandContext, options: RequestListOptions): Promise<void> {
  await withManager(context, async (open) => {
    const reader = open.reader();
    const { library, only, last } = options;
    const wanted = library === undefined ? undefined : (await findObject(reader, 'library', library)).label;
    const states: readonly string[] | undefined = only === undefined ? undefined : STATES[only];
    const found = (await readLibraryRequests(reader))
      .filter((one) => wanted === undefined || one.library === wanted)
      .filter((one) => states === undefined || states.includes(one.state));
    const requests = last === undefined ? found : found.slice(-last);
    const { terminal } = context;
    terminal.line(requests.length === 0 ? 'There are no such requests.' : requestTable(requests, terminal.width));
    terminal.document({ requests });
  });
}

function requestTable(requests: readonly LibraryRequestView[], width: number | undefined): string {
  const rows = requests.map((one) => [
    shownId(one.id, width),
    words(one.operation),
    words(one.state),
    one.cartridge ?? '-',
    one.drive === null ? '-' : String(one.drive),
    one.library ?? '-',
    shownTime(one.queued),
    one.errorDetail === '' ? '-' : one.errorDetail,
  ]);
  return table(['Request', 'Operation', 'State', 'Medium', 'Drive', 'Library', 'Queued', 'Why'], rows, { width });
}

/** `rsm requests cancel`: CancelNtmsLibraryRequest, until it has been done. */
export async function cancelRequests(context: CommandContext, names: readonly string[]): Promise<void> {
  await withManager(context, async (open) => {
    const reader = open.reader();
    const victims = await Promise.all(names.map((name) => findObject(reader, 'request', name)));
    for (const { id } of victims) {
      const row = open.store.table('libRequests').require(id);
      if (row.timeCompleted !== null) throw endedAlready(row.id, symbolOf(NtmsLmState, row.state));
      await open.api.CancelNtmsLibraryRequest(open.session, id);
    }
    await unlessInterrupted(context, finishRequests(open, [...open.session.requestIds]));
    await report(context, open, new Set(victims.map(({ id }) => id)));
  });
}

function endedAlready(id: string, state: string): CommandError {
  const message =
    `Request ${id} has ended (${words(state)}); there is nothing to cancel. What a command that was ended had asked for is ` +
    'cancelled by the next one.';
  return new CommandError('NOT_OPEN', message);
}

async function report(context: CommandContext, open: OpenManager, ids: ReadonlySet<string>): Promise<void> {
  const requests = (await readLibraryRequests(open.reader())).filter(({ id }) => ids.has(id));
  for (const { id, state } of requests) context.terminal.line(`Request ${id} is ${words(state)}.`);
  context.terminal.document({ requests });
}

/** 0xFFFFFFFF means the last place to SetNtmsRequestOrder. */
const LAST = 0xffff_ffff;

/** `rsm requests order`: reads the place of a waiting mount, or sets it. */
export async function orderRequest(context: CommandContext, name: string, place: string | undefined): Promise<void> {
  const order = place === undefined ? undefined : placeOf(place);
  await withManager(context, async (open) => {
    const { id } = await findObject(open.reader(), 'request', name);
    if (order !== undefined) await open.api.SetNtmsRequestOrder(open.session, id, order);
    const now = await open.api.GetNtmsRequestOrder(open.session, id);
    context.terminal.line(
      now === 0 ? `Request ${id} has no place: it is no mount that waits.` : `Request ${id} has place ${now}.`,
    );
    context.terminal.document({ request: id, order: now });
  });
}

function placeOf(text: string): number {
  if (text === 'next') return 1;
  if (text === 'last') return LAST;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CommandError('USAGE', `"${text}" is no place. Write next, last or a number from 1.`);
}

export interface PurgeOptions {
  /** Operator requests instead of library requests. */
  readonly operator?: boolean;
  /** Only those that ended so long ago: `1h`. */
  readonly olderThan?: string;
}

/** `rsm requests purge`: removes the records of requests that have ended: those named, or all. */
export async function purgeRequests(
  context: CommandContext,
  names: readonly string[],
  options: PurgeOptions,
): Promise<void> {
  const ageMs = options.olderThan === undefined ? 0 : parseTimeSpan(options.olderThan);
  const operator = options.operator === true;
  await withManager(context, async (open) => {
    const reader = open.reader();
    const kind = operator ? 'operator-request' : 'request';
    const named = await Promise.all(names.map((name) => findObject(reader, kind, name)));
    const all = operator ? await readOperatorRequests(reader) : await readLibraryRequests(reader);
    const known = all.map(({ id }) => id).filter((id) => named.length === 0 || named.some((one) => one.id === id));
    const before = context.clock.now() - ageMs;
    const old = known.filter((id) => (endedAt(open, operator, id) ?? Number.POSITIVE_INFINITY) <= before);
    const type = operator ? NtmsObjectsTypes.NTMS_OPREQUEST : NtmsObjectsTypes.NTMS_LIBREQUEST;
    if (old.length > 0) await open.api.DeleteNtmsRequests(open.session, old, type, old.length);
    const records = open.store.table(operator ? 'opRequests' : 'libRequests');
    const purged = old.filter((id) => records.get(id) === undefined);
    const kept = known.length - purged.length;
    const left =
      kept === 0 ? '' : ` ${counted(kept, 'request')} ${kept === 1 ? 'is' : 'are'} kept: still open, or not so old.`;
    context.terminal.line(`${counted(purged.length, 'request')} removed.${left}`);
    context.terminal.document({ purged, kept });
  });
}

/** When it ended; undefined while it is open. */
function endedAt({ store }: OpenManager, operator: boolean, id: string): number | undefined {
  if (!operator) return store.table('libRequests').get(id)?.timeCompleted ?? undefined;
  return store.table('opRequests').get(id)?.completed ?? undefined;
}
