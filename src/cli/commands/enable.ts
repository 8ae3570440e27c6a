import { type CommandContext, unlessInterrupted } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { finishRequests } from '../finished-requests.js';
import { findObject, type NamedObject } from '../names/object-name.js';
import { type OpenManager, withManager } from '../open-manager.js';

export type SwitchableKind = 'library' | 'drive' | 'medium';

/** `rsm enable` and `rsm disable`. */
export async function switchObject(
  context: CommandContext,
  kind: SwitchableKind,
  name: string,
  enabled: boolean,
): Promise<void> {
  await withManager(context, async (open) => {
    const object = await findObject(open.reader(), kind, name);
    if (!enabled) refuseInUse(open, object);
    const { api, session } = open;
    if (enabled) await api.EnableNtmsObject(session, object.type, object.id);
    else await api.DisableNtmsObject(session, object.type, object.id);
    const requests = [...session.requestIds];
    await unlessInterrupted(context, finishRequests(open, requests));
    context.terminal.line(`${kind} ${object.label} is ${enabled ? 'enabled' : 'disabled'}.`);
    context.terminal.document({ kind, id: object.id, object: object.label, enabled, requests });
  });
}

/** The request would wait for a dismount, and nobody else can ask for one while this process has the library. */
function refuseInUse({ store }: OpenManager, { kind, id, label }: NamedObject): void {
  const media = store.table('physicalMedia');
  const medium = kind === 'medium' ? media.get(id) : kind === 'drive' ? media.find({ location: id }) : undefined;
  if (medium === undefined || medium.claimedBy === null) return;
  const called = medium.barCode || medium.name;
  const where = kind === 'drive' ? `${called} is mounted in drive ${label}` : `${called} is mounted`;
  throw new CommandError('IN_USE', `${where}. Dismount it first: rsm dismount ${called}`);
}
