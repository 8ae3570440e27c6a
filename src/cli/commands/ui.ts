import { INFINITE, NtmsUIOperations, NtmsUITypes } from '../../ntms/index.js';
import type { CommandContext } from '../command-context.js';
import { findCarrier, type NamedObject } from '../names/object-name.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { table } from '../output/table.js';

/** The words of `--type`. */
export const MESSAGE_TYPES = {
  info: NtmsUITypes.NTMS_UITYPE_INFO,
  requests: NtmsUITypes.NTMS_UITYPE_REQ,
  errors: NtmsUITypes.NTMS_UITYPE_ERR,
} as const;
export type MessageType = keyof typeof MESSAGE_TYPES;

export interface UiCommandOptions {
  /** `computer` or a library. */
  readonly object: string;
  /** Absent: all of them. */
  readonly type?: MessageType;
}

/** `rsm ui list`: the computers that messages go to. */
export async function listDestinations(context: CommandContext, options: UiCommandOptions): Promise<void> {
  await withManager(context, async (open) => show(context, open, await carrier(open, options), typesOf(options)));
}

/** `rsm ui add`, `remove` and `clear`. Without a type all lists are changed. */
export async function changeDestinations(
  context: CommandContext,
  operation: 'add' | 'remove' | 'clear',
  destination: string | null,
  options: UiCommandOptions,
): Promise<void> {
  const dwOperation = {
    add: NtmsUIOperations.NTMS_UIDEST_ADD,
    remove: NtmsUIOperations.NTMS_UIDEST_DELETE,
    clear: NtmsUIOperations.NTMS_UIDEST_DELETEALL,
  }[operation];
  await withManager(context, async (open) => {
    const object = await carrier(open, options);
    for (const type of typesOf(options)) {
      await open.api.SetNtmsUIOptions(open.session, object.id, MESSAGE_TYPES[type], dwOperation, destination);
    }
    await show(context, open, object, typesOf(options));
  });
}

function carrier(open: OpenManager, { object }: UiCommandOptions): Promise<NamedObject> {
  return findCarrier(open.reader(), object, ['computer', 'library']);
}

function typesOf({ type }: UiCommandOptions): readonly MessageType[] {
  return type === undefined ? (Object.keys(MESSAGE_TYPES) as MessageType[]) : [type];
}

async function show(
  context: CommandContext,
  open: OpenManager,
  object: NamedObject,
  types: readonly MessageType[],
): Promise<void> {
  const { api, session } = open;
  const read = types.map(async (type) => {
    const { lpszDestination } = await api.GetNtmsUIOptions(session, object.id, MESSAGE_TYPES[type], INFINITE);
    return { type, destinations: lpszDestination };
  });
  const lists = await Promise.all(read);
  const { terminal } = context;
  const rows = lists.map(({ type, destinations }) => [type, destinations.length === 0 ? '-' : destinations.join(', ')]);
  terminal.line(table(['Messages', 'Go to'], rows, { width: terminal.width }));
  terminal.document({ kind: object.kind, id: object.id, object: object.label, lists });
}
