import { type Guid, NtmsOpreqCommand, NtmsOpreqState } from '../../ntms/index.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { findObject } from '../names/object-name.js';
import type { ObjectKind } from '../names/object-kinds.js';
import { withManager } from '../open-manager.js';
import { table } from '../output/table.js';
import { shownId, shownTime, symbolOf, words } from '../output/words.js';
import type { ObjectReader } from '../views/object-reader.js';
import { type OperatorRequestView, readOperatorRequests } from '../views/requests.js';

const CLOSED = [NtmsOpreqState.NTMS_OPSTATE_REFUSED, NtmsOpreqState.NTMS_OPSTATE_COMPLETE].map((state) =>
  symbolOf(NtmsOpreqState, state),
);

/** `rsm operator list`: what waits for a person; with `all` also what was answered. */
export async function listOperatorRequests(
  context: CommandContext,
  options: { readonly all?: boolean },
): Promise<void> {
  await withManager(context, async (open) => {
    const known = await readOperatorRequests(open.reader());
    const requests = known.filter(({ state }) => options.all === true || !CLOSED.includes(state));
    const { terminal } = context;
    const { width } = terminal;
    const rows = requests.map(({ id, request, state, submitted, message }) => [
      shownId(id, width),
      words(request),
      words(state),
      shownTime(submitted),
      message === '' ? '-' : message,
    ]);
    terminal.line(
      rows.length === 0
        ? 'Nothing waits for a person.'
        : table(['Request', 'What', 'State', 'Submitted', 'Message'], rows, { width }),
    );
    terminal.document({ requests });
  });
}

/** `rsm operator complete` and `refuse`: a person has done what was asked, or will not. */
export async function answerOperatorRequests(
  context: CommandContext,
  names: readonly string[],
  answer: 'complete' | 'refuse',
): Promise<void> {
  await withManager(context, async (open) => {
    const reader = open.reader();
    const named = await Promise.all(names.map((name) => findObject(reader, 'operator-request', name)));
    for (const { id } of named) {
      if (answer === 'complete') await open.api.SatisfyNtmsOperatorRequest(open.session, id);
      else await open.api.CancelNtmsOperatorRequest(open.session, id);
    }
    const ids = named.map(({ id }) => id);
    const requests = (await readOperatorRequests(open.reader())).filter(({ id }) => ids.includes(id));
    for (const { id, state, message } of requests) {
      context.terminal.line(`Operator request ${id} is ${words(state)}: ${message}`);
    }
    context.terminal.document({ requests });
  });
}

/** What can be asked of a person, by its word on the command line. */
export const OPERATOR_TASKS = {
  message: NtmsOpreqCommand.NTMS_OPREQ_MESSAGE,
  'new-media': NtmsOpreqCommand.NTMS_OPREQ_NEWMEDIA,
  cleaner: NtmsOpreqCommand.NTMS_OPREQ_CLEANER,
  service: NtmsOpreqCommand.NTMS_OPREQ_DEVICESERVICE,
  move: NtmsOpreqCommand.NTMS_OPREQ_MOVEMEDIA,
} as const;
export type OperatorTaskName = keyof typeof OPERATOR_TASKS;

/** Names of what the request is about. */
export interface SubmitOptions {
  readonly pool?: string;
  readonly library?: string;
  readonly drive?: string;
  readonly door?: string;
  readonly medium?: string;
  readonly slot?: string;
}
type About = keyof SubmitOptions;

/** What a task is about: one of `first`, and then `second`. */
const ABOUT: Readonly<
  Record<OperatorTaskName, { readonly first: readonly About[]; readonly second?: 'library'; readonly needsBoth?: true }>
> = {
  message: { first: [] },
  'new-media': { first: ['pool'], second: 'library' },
  cleaner: { first: ['library', 'slot'] },
  service: { first: ['library', 'drive', 'door', 'medium'] },
  move: { first: ['medium'], second: 'library', needsBoth: true },
};

/** `rsm operator submit`: asks a person for something. */
export async function submitOperatorRequest(
  context: CommandContext,
  task: OperatorTaskName,
  message: string | undefined,
  options: SubmitOptions,
): Promise<void> {
  const { first, second } = requireAbout(task, message, options);
  await withManager(context, async (open) => {
    const reader = open.reader();
    const arg1 = await idOf(reader, first, options);
    const arg2 = await idOf(reader, second, options);
    const { api, session } = open;
    const id = await api.SubmitNtmsOperatorRequest(session, OPERATOR_TASKS[task], message ?? null, arg1, arg2);
    const requests: OperatorRequestView[] = (await readOperatorRequests(open.reader())).filter((one) => one.id === id);
    context.terminal.line(`Operator request ${id} is submitted. "rsm operator complete ${id.slice(0, 8)}" answers it.`);
    context.terminal.document({ requests });
  });
}

function requireAbout(task: OperatorTaskName, message: string | undefined, options: SubmitOptions) {
  const { first, second, needsBoth } = ABOUT[task];
  if (task === 'message' && (message ?? '') === '') {
    throw new CommandError('USAGE', 'Write the message: rsm operator submit message "Please ...".');
  }
  const given = (Object.keys(options) as About[]).filter((name) => options[name] !== undefined);
  const main = first.filter((name) => given.includes(name));
  const extra = given.filter((name) => !main.includes(name) && name !== second);
  const list = first.map((name) => `--${name}`).join(' or ');
  if (extra.length > 0 || main.length !== Math.min(1, first.length)) {
    const needs = first.length === 0 ? 'takes no object' : `needs one of ${list}`;
    throw new CommandError('USAGE', `"${task}" ${needs}${second === undefined ? '' : `, and takes --${second}`}.`);
  }
  if (needsBoth === true && second !== undefined && !given.includes(second)) {
    throw new CommandError('USAGE', `"${task}" needs --${second} too: where the medium is to be brought.`);
  }
  return { first: main[0], second: second !== undefined && given.includes(second) ? second : undefined };
}

async function idOf(reader: ObjectReader, name: About | undefined, options: SubmitOptions): Promise<Guid | null> {
  const wanted = name === undefined ? undefined : options[name];
  if (name === undefined || wanted === undefined) return null;
  const kind: ObjectKind = name;
  return (await findObject(reader, kind, wanted)).id;
}
