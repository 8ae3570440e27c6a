import type { CommandContext } from '../command-context.js';
import { findObject } from '../names/object-name.js';
import { withManager } from '../open-manager.js';

export type RemovableKind = 'library' | 'drive';

/** `rsm remove`: forgets a library or a drive that is not plugged in any more. */
export async function removeObject(context: CommandContext, kind: RemovableKind, name: string): Promise<void> {
  await withManager(context, async (open) => {
    const { id, label } = await findObject(open.reader(), kind, name);
    if (kind === 'library') await open.api.DeleteNtmsLibrary(open.session, id);
    else await open.api.DeleteNtmsDrive(open.session, id);
    const media = kind === 'library' ? ' Its cartridges are on the shelf.' : '';
    context.terminal.line(`${kind} ${label} is removed.${media}`);
    context.terminal.document({ kind, id, object: label });
  });
}
